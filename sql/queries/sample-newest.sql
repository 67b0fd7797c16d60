-- The newest stored sample of each device, at or after an hour: what comes later is surely new. And
-- the newest that brings counters, null for none; every content that was stored counts.
-- params: from DateTime64(3) (a full hour), devices Array(String)
-- rows:   device_id, newest, reading (milliseconds since 1970)
-- bound:  devices; partitions before `from` are not read
select
    device_id,
    toUnixTimestamp64Milli(max(time)) as newest,
    toUnixTimestamp64Milli(maxOrNullIf(time, mma_cycles_total is not null or energy_total_j is not null)) as reading
from samples
where hour >= {from:DateTime64(3, 'UTC')} and device_id in {devices:Array(String)}
group by device_id
