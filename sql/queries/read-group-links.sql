-- Why the tenants of one control group belong to it.
-- params: group_id String, limit UInt32
-- rows:   tenant_id, links (JSON)
-- bound:  limit. final: a tenant that moved is in its newest group only
select tenant_id, links
from group_members final
where group_id = {group_id:String}
order by tenant_id
limit {limit:UInt32}
