-- Forgets which devices the gangs of some tenants held from a day on, before that day is rebuilt.
-- params: tenants Array(String), from DateTime64(3), build UInt64
-- bound:  gangs of these tenants on or after the day
insert into gang_devices
select * replace ([]::Array(UInt64) as devices, {build:UInt64} as build, 1 as is_deleted)
from gang_devices final
where tenant_id in {tenants:Array(String)} and day >= {from:DateTime64(3, 'UTC')}
