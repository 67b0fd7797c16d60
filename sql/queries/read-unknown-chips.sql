-- Accelerators that the catalogue does not know, as the driver spells them, most used first.
-- params: from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   accelerator, devices, tenants, device_s, first_hour, last_hour
-- bound:  limit; hours of the window. final: hours are rebuilt
select
    toString(accelerator) as accelerator,
    uniqExact(device_id) as devices,
    uniqExact(tenant_id) as tenants,
    sum(device.device_s) as device_s,
    min(hour) as first_hour,
    max(hour) as last_hour
from device_hours as device final
where chip = 'unknown'
    and hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
group by accelerator
order by device_s desc, accelerator
limit {limit:UInt32}
