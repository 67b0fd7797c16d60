-- Accounts that are linked as they stand, at every level.
-- params: limit UInt32
-- rows:   level, tenant_id, entity_id, p, evidence (JSON)
-- bound:  limit. final: a tenant that moved is in its newest entity only
select toString(level) as level, tenant_id, entity_id, p, evidence
from account_links final
order by level, tenant_id
limit {limit:UInt32}
