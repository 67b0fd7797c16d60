-- Operations of some tenants together, hour by hour: telemetry and what billing adds to it.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   hour, lo, mid, hi (operations in the hour)
-- bound:  limit hours. final: hours are rebuilt
select
    hour,
    sum(observed_lo + dark_lo) as lo,
    sum(observed_mid + dark_mid) as mid,
    sum(observed_hi + dark_hi) as hi
from usage_hours final
where tenant_id in {tenants:Array(String)}
    and hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) and hour < {until:DateTime64(3, 'UTC')}
group by hour
order by hour
limit {limit:UInt32}
