-- How much of each tenant's device time was seen in a window, the least seen first.
-- params: from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   tenant_id, observed_device_s, billed_device_s, dark_device_s, dark_hi (operations),
--         unknown_chip_device_s, unmetered_s, silent_zero_s, counter_resets
-- bound:  limit; hours of the window. final: the tables are rebuilt
with
    used as
    (
        select
            toString(tenant_id) as tenant,
            sum(usage.observed_device_s) as observed_s,
            sum(usage.billed_device_s) as billed_s,
            sum(usage.dark_device_s) as dark_s,
            sum(usage.dark_hi) as hi,
            sumIf(usage.observed_device_s + usage.dark_device_s, chip = 'unknown') as unknown_s
        from usage_hours as usage final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
        group by tenant
    ),
    faulty as
    (
        select
            toString(tenant_id) as tenant,
            sum(device.unmetered_s) as unmetered,
            sum(device.silent_zero_s) as silent,
            sum(device.counter_resets) as resets
        from device_hours as device final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
        group by tenant
    )
select
    used.tenant as tenant_id,
    used.observed_s as observed_device_s,
    used.billed_s as billed_device_s,
    used.dark_s as dark_device_s,
    used.hi as dark_hi,
    used.unknown_s as unknown_chip_device_s,
    faulty.unmetered as unmetered_s,
    faulty.silent as silent_zero_s,
    faulty.resets as counter_resets
from used
left join faulty on used.tenant = faulty.tenant
order by dark_device_s / greatest(observed_device_s + dark_device_s, 1) desc, tenant_id
limit {limit:UInt32}
