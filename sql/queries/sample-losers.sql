-- Samples of some partitions that had been accepted before another content took their place. Met again
-- after a crash they are accepted again, as they were.
-- params: sources Array(String) ('kafka:topic/partition'), hours Array(DateTime), devices Array(String)
-- rows:   source, device_id, time (milliseconds since 1970), version (decimal text), source_offset
-- bound:  conflicts of these devices and hours, which are rare
select
    toString(sample_losers.source) as source,
    device_id,
    toUnixTimestamp64Milli(sample_losers.time) as time,
    toString(version) as version,
    source_offset
from sample_losers final
where hour in {hours:Array(DateTime('UTC'))}
  and device_id in {devices:Array(String)}
  and has({sources:Array(String)}, sample_losers.source)
  and was_stored = 1
