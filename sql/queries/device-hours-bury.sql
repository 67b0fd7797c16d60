-- Tombstones for device-hours that the last rebuild of their hour no longer found: a corrected
-- sample moved to another tenant, say. Runs after device-hours-combine with the same build.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: hours Array(DateTime), scope UInt64 (0: everybody); build UInt64
-- bound:  the device-hours of these hours
insert into device_hours
select * replace ({build:UInt64} as build, 1 as is_deleted)
from device_hours final
where hour in {hours:Array(DateTime('UTC'))}
  and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
  and device_hours.build < {build:UInt64}
