-- Stored runs of some tenants with their stretches and gangs, to tell what a rebuild changes.
-- params: tenants Array(String), since DateTime64(3)
-- rows:   tenant_id, run_id, start, end, segments Array(Tuple(start, end, gang_id))
-- bound:  runs of these tenants that ended at or after `since`
select toString(tenant_id) as tenant_id, run_id, start, end, arrayMap(segment -> (segment.1, segment.2, segment.4), segments) as segments
from runs final
where tenant_id in {tenants:Array(String)} and end >= {since:DateTime64(3, 'UTC')}
order by run_id
