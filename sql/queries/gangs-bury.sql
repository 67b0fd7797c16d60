-- Tombstones for gangs of some tenants that the last build no longer found.
-- params: tenants Array(String), from DateTime64(3), build UInt64
-- bound:  gangs of these tenants that start at or after `from`, of which key and build are read
insert into day_gangs (tenant_id, start, gang_id, build, is_deleted)
select tenant_id, start, gang_id, {build:UInt64}, 1
from day_gangs final
where tenant_id in {tenants:Array(String)} and start >= {from:DateTime64(3, 'UTC')} and build < {build:UInt64}
