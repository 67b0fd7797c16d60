-- Stored runs of one tenant with their stretches and gangs, to tell what a rebuild changes.
-- params: tenant_id, since DateTime64(3)
-- rows:   run_id, start, end, segments Array(Tuple(start, end, gang_id))
-- bound:  runs of this tenant that ended at or after `since`
select run_id, start, end, arrayMap(segment -> (segment.1, segment.2, segment.4), segments) as segments
from runs final
where tenant_id = {tenant_id:String} and end >= {since:DateTime64(3, 'UTC')}
order by run_id
