-- Tombstones for observed hours that the last rebuild of their hour no longer found.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: hours Array(DateTime), everybody UInt8, or else tenants Array(String); build UInt64
-- bound:  the observed hours of these hours
insert into observed_hours
select * replace ({build:UInt64} as build, 1 as is_deleted)
from observed_hours final
where hour in {hours:Array(DateTime('UTC'))}
  and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
  and observed_hours.build < {build:UInt64}
