-- Tombstones for runs of a tenant that the last build no longer found in any lineage.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: tenant_id, build UInt64
-- bound:  runs of this tenant
insert into run_lineages
select * replace ({build:UInt64} as build, 1 as is_deleted)
from run_lineages final
where tenant_id = {tenant_id:String} and run_lineages.build < {build:UInt64}
