-- How much of each tenant's device time was seen, per hour or per day (UTC).
-- params: from DateTime64(3), until DateTime64(3), tenants Array(String) (empty = all), daily Bool,
--         after_tenant String, after_bucket DateTime64(3) (of the last row of the page before), limit
-- rows:   tenant_id, bucket, observed_device_s, billed_device_s, dark_device_s, unknown_chip_device_s,
--         unmetered_s (seen, but without a figure to estimate from), silent_zero_s, counter_resets,
--         dark_lo, dark_mid, dark_hi (operations)
-- bound:  limit; hours of the window. final: the tables are rebuilt
with
    used as
    (
        select
            toString(tenant_id) as tenant,
            if({daily:Bool}, toStartOfDay(hour), hour) as at,
            sum(usage.observed_device_s) as observed_s,
            sum(usage.billed_device_s) as billed_s,
            sum(usage.dark_device_s) as dark_s,
            sumIf(usage.observed_device_s + usage.dark_device_s, chip = 'unknown') as unknown_s,
            sum(usage.dark_lo) as lo,
            sum(usage.dark_mid) as mid,
            sum(usage.dark_hi) as hi
        from usage_hours as usage final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, at
        having (tenant, at) > ({after_tenant:String}, {after_bucket:DateTime64(3, 'UTC')})
        order by tenant, at
        limit {limit:UInt32}
    ),
    faulty as
    (
        select
            toString(tenant_id) as tenant,
            if({daily:Bool}, toStartOfDay(hour), hour) as at,
            sum(device.unmetered_s) as unmetered,
            sum(device.silent_zero_s) as silent,
            sum(device.counter_resets) as resets
        from device_hours as device final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
            and tenant_id in (select tenant from used)
        group by tenant, at
    )
select
    used.tenant as tenant_id,
    used.at as bucket,
    used.observed_s as observed_device_s,
    used.billed_s as billed_device_s,
    used.dark_s as dark_device_s,
    used.unknown_s as unknown_chip_device_s,
    faulty.unmetered as unmetered_s,
    faulty.silent as silent_zero_s,
    faulty.resets as counter_resets,
    used.lo as dark_lo,
    used.mid as dark_mid,
    used.hi as dark_hi
from used
left join faulty on used.tenant = faulty.tenant and used.at = faulty.at
order by tenant_id, bucket
