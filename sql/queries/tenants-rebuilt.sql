-- Tenants whose device-hours the given build touched, with the first hour it touched.
-- params: build UInt64, hours Array(DateTime)
-- rows:   tenant_id, first_hour
-- bound:  tenants active in these hours
select tenant_id, min(hour) as first_hour
from device_hours
where hour in {hours:Array(DateTime('UTC'))} and build = {build:UInt64}
group by tenant_id
order by tenant_id
