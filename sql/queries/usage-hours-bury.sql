-- Tombstones for usage-hours that the last rebuild of their hour no longer found.
-- params: hours Array(DateTime), build UInt64
-- bound:  the usage-hours of these hours
insert into usage_hours
select * replace ({build:UInt64} as build, 1 as is_deleted)
from usage_hours final
where hour in {hours:Array(DateTime('UTC'))} and build < {build:UInt64}
