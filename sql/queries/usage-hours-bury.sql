-- Tombstones for usage-hours that the last rebuild of their hour no longer found.
-- params: hours Array(DateTime), everybody UInt8, or else tenants Array(String); build UInt64
-- bound:  the usage-hours of these hours, of which key and build are read
insert into usage_hours (tenant_id, hour, chip, build, is_deleted)
select tenant_id, hour, chip, {build:UInt64}, 1
from usage_hours final
where hour in {hours:Array(DateTime('UTC'))}
  and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
  and build < {build:UInt64}
