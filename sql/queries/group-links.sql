-- Groups of some tenants with the links that put them there.
-- params: tenants Array(String)
-- rows:   group_id, tenant_id, links (JSON)
-- bound:  one row per tenant named. final: a tenant that moved is in its newest group only
select group_id, tenant_id, links
from group_members final
where tenant_id in {tenants:Array(String)}
order by tenant_id
