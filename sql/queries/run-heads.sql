-- Runs of some tenants and the run that each may have come from, to find their lineages.
-- params: tenants Array(String), since DateTime64(3)
-- rows:   tenant_id, run_id, previous_run ('' = none), previous_p
-- bound:  runs of these tenants that ended at or after `since`; final, because both are rebuilt
select toString(r.tenant_id) as tenant_id, r.run_id as run_id, g.run_id as previous_run, r.previous_p as previous_p
from
(
    select tenant_id, run_id, start, previous_gang, previous_p from runs final
    where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')}
) as r
left join
(
    select tenant_id, gang_id, run_id from day_gangs final
    where tenant_id in {tenants:Array(String)} and gang_id in (
        select previous_gang from runs final
        where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')} and previous_gang != '')
) as g on r.tenant_id = g.tenant_id and r.previous_gang = g.gang_id
order by tenant_id, r.start, run_id
