-- The control groups as they stand, one row per tenant that has a customer on record.
-- params: limit UInt32
-- rows:   group_id, tenant_id, links (JSON)
-- bound:  limit. final: a tenant that moved is in its newest group only
select group_id, tenant_id, links
from group_members final
order by group_id, tenant_id
limit {limit:UInt32}
