-- Usage of some tenants together, day by day (UTC).
-- params: from DateTime64(3), until DateTime64(3), tenants Array(String), limit UInt32
-- rows:   day, observed_device_s, billed_device_s, dark_device_s, flop_lo, flop_mid, flop_hi
--         (telemetry and dark), dark_hi (what dark hours add at most)
-- bound:  limit days. final: hours are rebuilt
select
    toStartOfDay(hour) as day,
    sum(usage.observed_device_s) as observed_device_s,
    sum(usage.billed_device_s) as billed_device_s,
    sum(usage.dark_device_s) as dark_device_s,
    sum(observed_lo + dark_lo) as flop_lo,
    sum(observed_mid + dark_mid) as flop_mid,
    sum(observed_hi + usage.dark_hi) as flop_hi,
    sum(usage.dark_hi) as dark_hi
from usage_hours as usage final
where tenant_id in {tenants:Array(String)}
    and hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
group by day
order by day
limit {limit:UInt32}
