-- Days (UTC) on which some tenants were billed for device time that no telemetry showed.
-- params: from DateTime64(3), until DateTime64(3), tenants Array(String), share_min Float64 (of the
--         day's device time, so that a lost sample is no dark day), limit UInt32
-- rows:   tenant_id, day, dark_device_s
-- bound:  limit; hours of the window. final: hours are rebuilt
select
    toString(tenant_id) as tenant_id,
    toStartOfDay(hour) as day,
    sum(usage.dark_device_s) as dark_device_s
from usage_hours as usage final
where has({tenants:Array(String)}, usage.tenant_id)
    and hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
group by tenant_id, day
having dark_device_s > 0
    and dark_device_s >= {share_min:Float64} * sum(usage.observed_device_s + usage.dark_device_s)
order by tenant_id, day
limit {limit:UInt32}
