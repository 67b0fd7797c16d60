-- Tombstones for runs of a tenant that the last build no longer found.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: tenant_id, since DateTime64(3), build UInt64
-- bound:  runs of this tenant that ended at or after `since`
insert into runs
select * replace ({build:UInt64} as build, 1 as is_deleted)
from runs final
where tenant_id = {tenant_id:String} and runs.end >= {since:DateTime64(3, 'UTC')} and runs.build < {build:UInt64}
