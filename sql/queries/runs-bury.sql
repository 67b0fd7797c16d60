-- Tombstones for runs of some tenants that the last build no longer found.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: tenants Array(String), since DateTime64(3), build UInt64
-- bound:  runs of these tenants that ended at or after `since`
insert into runs
select * replace ({build:UInt64} as build, 1 as is_deleted)
from runs final
where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')} and runs.build < {build:UInt64}
