-- What some tenants used in a period, by tenant, chip and best evidence.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   tenant_id, chip, tier, hours (rows), devices_max, device seconds observed, busy, billed and
--         dark, energy, operations lo, mid, hi (telemetry and dark together)
-- bound:  limit. final: hours are rebuilt
select
    tenant_id,
    chip,
    tier,
    count() as hours,
    max(devices) as devices_max,
    sum(observed_device_s) as observed_s,
    sum(busy_device_s) as busy_s,
    sum(billed_device_s) as billed_s,
    sum(dark_device_s) as dark_s,
    sum(usage.energy_j) as energy_j,
    sum(observed_lo + dark_lo) as lo,
    sum(observed_mid + dark_mid) as mid,
    sum(observed_hi + dark_hi) as hi
from usage_hours as usage final
where tenant_id in {tenants:Array(String)}
    and hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) and hour < {until:DateTime64(3, 'UTC')}
group by tenant_id, chip, tier
order by tenant_id, chip, tier
limit {limit:UInt32}
