-- The newest stored sample of each device, at or after an hour: what comes later is surely new.
-- params: from DateTime64(3) (a full hour), devices Array(String)
-- rows:   device_id, newest (milliseconds since 1970)
-- bound:  devices; partitions before `from` are not read
select device_id, toUnixTimestamp64Milli(max(time)) as newest
from samples
where hour >= {from:DateTime64(3, 'UTC')} and device_id in {devices:Array(String)}
group by device_id
