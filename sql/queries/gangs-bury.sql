-- Tombstones for gangs of some tenants that the last build no longer found.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: tenants Array(String), from DateTime64(3), build UInt64
-- bound:  gangs of these tenants that start at or after `from`
insert into day_gangs
select * replace ({build:UInt64} as build, 1 as is_deleted)
from day_gangs final
where tenant_id in {tenants:Array(String)} and start >= {from:DateTime64(3, 'UTC')} and day_gangs.build < {build:UInt64}
