-- Tombstones for runs of some tenants that the last build no longer found in any lineage.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: tenants Array(String), build UInt64
-- bound:  runs of these tenants
insert into run_lineages
select * replace ({build:UInt64} as build, 1 as is_deleted)
from run_lineages final
where tenant_id in {tenants:Array(String)} and run_lineages.build < {build:UInt64}
