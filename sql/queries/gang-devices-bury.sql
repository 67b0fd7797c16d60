-- Forgets which devices the gangs of some tenants held from a day on, before that day is rebuilt.
-- params: tenant_id, from DateTime64(3), build UInt64
-- bound:  gangs of this tenant on or after the day
insert into gang_devices
select * replace ([]::Array(UInt64) as devices, {build:UInt64} as build, 1 as is_deleted)
from gang_devices final
where tenant_id = {tenant_id:String} and day >= {from:DateTime64(3, 'UTC')}
