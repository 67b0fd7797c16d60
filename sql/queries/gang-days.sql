-- How many device-hours some tenants were busy for, by day: what a rebuild will have to read.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3)
-- rows:   one per tenant and day with any
-- bound:  device-hours of these tenants in [from, until), of which two columns are read
select toString(tenant_id) as tenant_id, toDateTime64(toStartOfDay(hour), 3, 'UTC') as day, count() as hours
from device_hours final
where tenant_id in {tenants:Array(String)}
  and hour >= toDateTime({from:DateTime64(3, 'UTC')}, 'UTC')
  and hour < toDateTime({until:DateTime64(3, 'UTC')} + toIntervalMillisecond(999), 'UTC')
  and islands.size0 > 0
group by tenant_id, day
order by day, tenant_id
