-- Tenants with device-hours in a stretch of time, with the first such hour.
-- params: from DateTime64(3), until DateTime64(3)
-- rows:   tenant_id, first_hour
-- bound:  tenants active in [from, until)
select tenant_id, min(hour) as first_hour
from device_hours final
where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
group by tenant_id
order by tenant_id
