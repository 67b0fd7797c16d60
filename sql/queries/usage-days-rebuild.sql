-- Adds usage-hours up by day, chip and tier, with tombstones for what was there and is no more. Sums run
-- over integers (milliseconds, whole operations): they do not depend on the order of reading.
-- params: hours Array(DateTime) of whole UTC days, as far as they are priced; everybody UInt8, or else tenants Array(String);
--         build UInt64
-- bound:  the usage-hours of these hours, and the days
insert into usage_days
select
    tenant_id,
    day,
    chip,
    tier,
    minIf(first, is_found),
    maxIf(last, is_found),
    sum(toInt64(round(observed_s * 1000))) / 1000,
    sum(toInt64(round(dark_s * 1000))) / 1000,
    toFloat64(sum(toInt128(round(seen_lo)))),
    toFloat64(sum(toInt128(round(seen_mid)))),
    toFloat64(sum(toInt128(round(seen_hi)))),
    toFloat64(sum(toInt128(round(unseen_lo)))),
    toFloat64(sum(toInt128(round(unseen_mid)))),
    toFloat64(sum(toInt128(round(unseen_hi)))),
    {build:UInt64},
    max(is_found) = 0
from
(
    select
        tenant_id, toStartOfDay(hour) as day, chip, tier, hour as first, hour as last, 1 as is_found,
        observed_device_s as observed_s, dark_device_s as dark_s,
        observed_lo as seen_lo, observed_mid as seen_mid, observed_hi as seen_hi,
        dark_lo as unseen_lo, dark_mid as unseen_mid, dark_hi as unseen_hi
    from usage_hours final
    where hour in {hours:Array(DateTime('UTC'))}
      and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
    union all
    select tenant_id, day, chip, tier, first_hour, last_hour, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from usage_days final
    where day in {hours:Array(DateTime('UTC'))}
      and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
)
group by tenant_id, day, chip, tier
