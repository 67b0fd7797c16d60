-- Tombstones for device-hours that the last rebuild of their hour no longer found: a corrected
-- sample moved to another tenant, say. Runs after device-hours-combine with the same build.
-- params: hours Array(DateTime), scope UInt64 (0: everybody); build UInt64
-- bound:  the device-hours of these hours, of which key and build are read
insert into device_hours (tenant_id, hour, device_id, workload_id, build, is_deleted)
select tenant_id, hour, device_id, workload_id, {build:UInt64}, 1
from device_hours final
where hour in {hours:Array(DateTime('UTC'))}
  and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
  and build < {build:UInt64}
