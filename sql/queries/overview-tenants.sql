-- Compute of each tenant over all time up to an instant: what telemetry saw, what billing adds
-- where telemetry is dark, and the control group. tenant_id '' is compute that nobody was named for.
-- params: until DateTime64(3), limit UInt32
-- rows:   one per tenant
-- bound:  limit
select
    u.tenant_id as tenant_id,
    any(g.group_id) as group_id,
    min(hour) as first_hour,
    max(hour) as last_hour,
    max(devices) as devices_max,
    arraySort(groupUniqArray(toString(chip))) as chips,
    sum(toInt64(round(observed_device_s))) as observed_s,
    sum(toInt64(round(billed_device_s))) as billed_s,
    sum(toInt64(round(dark_device_s))) as dark_s,
    toFloat64(sum(toInt128(round(observed_lo)) + toInt128(round(dark_lo)))) as flop_lo,
    toFloat64(sum(toInt128(round(observed_mid)) + toInt128(round(dark_mid)))) as flop_mid,
    toFloat64(sum(toInt128(round(observed_hi)) + toInt128(round(dark_hi)))) as flop_hi,
    argMax(tier, (tier_s, tier)) as main_tier
from
(
    select *, sum(observed_device_s + dark_device_s) over (partition by tenant_id, tier) as tier_s
    from usage_hours final
    where hour < {until:DateTime64(3, 'UTC')}
) as u
left join (select tenant_id, group_id from group_members final) as g on g.tenant_id = u.tenant_id
group by u.tenant_id
order by flop_hi desc, tenant_id
limit {limit:UInt32}
