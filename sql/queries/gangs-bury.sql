-- Tombstones for gangs of a tenant that the last build no longer found.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: tenant_id, from DateTime64(3), build UInt64
-- bound:  gangs of this tenant that start at or after `from`
insert into gangs
select * replace ({build:UInt64} as build, 1 as is_deleted)
from gangs final
where tenant_id = {tenant_id:String} and start >= {from:DateTime64(3, 'UTC')} and gangs.build < {build:UInt64}
