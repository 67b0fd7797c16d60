-- Devices that each tenant had at most in an hour of late: what it takes to rebuild an hour of theirs.
-- params: from DateTime64(3), until DateTime64(3)
-- rows:   tenant_id, devices; who was not observed in [from, until) is not in the answer
-- bound:  the tenants of these hours
select tenant_id, max(hour_devices) as devices
from
(
    select toString(tenant_id) as tenant_id, hour, sum(observed_hours.devices) as hour_devices
    from observed_hours final
    where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
    group by tenant_id, hour
)
group by tenant_id
order by tenant_id
