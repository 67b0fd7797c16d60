-- The runs that runs of some tenants may have come from, by the gang that links them.
-- params: tenants Array(String), since DateTime64(3)
-- rows:   tenant_id, gang_id, run_id
-- bound:  gangs of these tenants that a run names which ended at or after `since`; final, because both
--         are rebuilt
select toString(tenant_id) as tenant_id, gang_id, run_id
from day_gangs final
where tenant_id in {tenants:Array(String)} and gang_id in (
    select previous_gang from runs final
    where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')} and previous_gang != '')
