-- Runs of one tenant and the run that each may have come from, to find their lineages.
-- params: tenant_id, since DateTime64(3)
-- rows:   run_id, previous_run ('' = none), previous_p
-- bound:  runs of this tenant that ended at or after `since`; final, because both are rebuilt
select r.run_id as run_id, g.run_id as previous_run, r.previous_p as previous_p
from (select run_id, start, end, previous_gang, previous_p from runs final
      where tenant_id = {tenant_id:String} and end >= {since:DateTime64(3, 'UTC')}) as r
left join
(
    select gang_id, run_id from gangs final
    where tenant_id = {tenant_id:String} and gang_id in (
        select previous_gang from runs final
        where tenant_id = {tenant_id:String} and end >= {since:DateTime64(3, 'UTC')} and previous_gang != '')
) as g on r.previous_gang = g.gang_id
order by r.start, run_id
