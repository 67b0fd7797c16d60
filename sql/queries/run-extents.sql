-- Stored runs of some tenants with their stretches and gangs, to tell what a rebuild changes.
-- params: tenants Array(String), since DateTime64(3)
-- rows:   tenant_id, run_id, start, end, and of its stretches starts, ends and first gangs, in no order;
--         times in milliseconds since 1970
-- bound:  runs of these tenants that ended at or after `since`
select
    toString(tenant_id) as tenant_id, run_id,
    toFloat64(toUnixTimestamp64Milli(runs.start)) as start, toFloat64(toUnixTimestamp64Milli(runs.end)) as end,
    arrayMap(at -> toFloat64(toUnixTimestamp64Milli(at)), segments.1) as segment_starts,
    arrayMap(at -> toFloat64(toUnixTimestamp64Milli(at)), segments.2) as segment_ends,
    segments.4 as segment_gangs
from runs final
where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')}
