-- Tenants whose device-hours the given build touched, with the first hour it touched. Of everybody also
-- those that an earlier one buried: had it come to no end, they would show in no other.
-- params: build UInt64, hours Array(DateTime), everybody UInt8; later_tenants Array(String) and later_hours
--         Array(DateTime), in pairs: hours of tenants that a later build answers for
-- rows:   tenant_id, first_hour
-- bound:  the hours of tenants active in these hours
select tenant_id, min(hour) as first_hour
from
(
    select distinct toString(tenant_id) as tenant_id, hour
    from device_hours
    where hour in {hours:Array(DateTime('UTC'))}
      and (build = {build:UInt64} or ({everybody:UInt8} and is_deleted))
)
where not has(arrayZip({later_tenants:Array(String)}, {later_hours:Array(DateTime('UTC'))}), (tenant_id, hour))
group by tenant_id
order by tenant_id
