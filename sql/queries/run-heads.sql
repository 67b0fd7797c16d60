-- Runs of some tenants and the gang that each may have come from, to find their lineages.
-- params: tenants Array(String), since DateTime64(3)
-- rows:   tenant_id, run_id, previous_gang ('' = none), previous_p
-- bound:  runs of these tenants that ended at or after `since`; final, because they are rebuilt
select toString(tenant_id) as tenant_id, run_id, previous_gang, previous_p
from runs final
where tenant_id in {tenants:Array(String)} and end >= {since:DateTime64(3, 'UTC')}
order by tenant_id, start, run_id
