-- For each tenant the unlinked account whose work stands still at the same moments as its own, far
-- beyond chance. Moments at which a large part of all tenants stop are events of the site.
-- params: the scope of every measurement; together_s, site_share_max
-- rows:   a measurement; lo = mid = hi = coincidences over their expected number; figures
--         coincidences, expected, surprise (minus log10 of the probability of as many by chance),
--         days (with any), stops, other_stops; facts partner
-- bound:  gangs in [since, as_of) of all tenants, because a partner may be anybody; final, because
--         the table is rebuilt
with
    -- a gang that ends at midnight goes on the next day
    stop as
    (
        select distinct
            toString(tenant_id) as tenant,
            intDiv(toUnixTimestamp64Milli(end), 1000) as at_s,
            intDiv(at_s, toInt64({together_s:Float64})) as slot
        from day_gangs final
        where end >= {since:DateTime64(3, 'UTC')} and end < {as_of:DateTime64(3, 'UTC')} and devices >= 8
            and at_s % 86400 between 600 and 85800
            and end < {as_of:DateTime64(3, 'UTC')} - interval 1 hour
    ),
    crowd as
    (
        select slot as crowd_slot, uniqExact(tenant) as stopped
        from stop
        group by slot
    ),
    own_stop as
    (
        select tenant, at_s, slot
        from stop
        inner join crowd on stop.slot = crowd.crowd_slot
        where stopped <= greatest(8, {site_share_max:Float64} * (select uniqExact(tenant) from stop))
    ),
    total as (select tenant as counted, uniqExact(slot) as stops from own_stop group by tenant),
    near as (select tenant as other, at_s as other_at, arrayJoin([slot - 1, slot, slot + 1]) as other_slot from own_stop),
    pair as
    (
        select
            tenant, other,
            uniqExact(slot) as coincidences,
            uniqExact(intDiv(at_s, 86400)) as days,
            min(at_s) as first_s,
            max(at_s) as last_s
        from own_stop
        inner join near on own_stop.slot = near.other_slot
        where tenant != other and abs(at_s - other_at) <= {together_s:Float64}
        group by tenant, other
    ),
    linked as (select tenant_id as linked_tenant, group_id as linked_group from group_members final),
    judged as
    (
        select
            tenant, other, coincidences, days, first_s, last_s, own.stops as stops, their.stops as other_stops,
            own.stops * their.stops * 2 * {together_s:Float64}
                / (toUnixTimestamp({as_of:DateTime64(3, 'UTC')}) - toUnixTimestamp({since:DateTime64(3, 'UTC')})) as expected,
            -- Poisson tail by its first term: at k far beyond the mean the rest adds little
            greatest(0, (expected - coincidences * log(expected) + lgamma(coincidences + 1)) / log(10)) as surprise
        from pair
        inner join total as own on pair.tenant = own.counted
        inner join total as their on pair.other = their.counted
        left join linked as a on pair.tenant = a.linked_tenant
        left join linked as b on pair.other = b.linked_tenant
        where a.linked_group = '' or a.linked_group != b.linked_group
    )
select
    tenant as subject_id,
    [tenant, pick.1] as tenant_ids,
    fromUnixTimestamp64Milli(pick.8 * 1000, 'UTC') as start,
    fromUnixTimestamp64Milli((pick.9 + 1) * 1000, 'UTC') as end,
    pick.2 / pick.3 as lo,
    lo as mid,
    lo as hi,
    map(
        'coincidences', toFloat64(pick.2),
        'expected', pick.3,
        'surprise', pick.4,
        'days', toFloat64(pick.5),
        'stops', toFloat64(pick.6),
        'other_stops', toFloat64(pick.7)
    ) as figures,
    map('partner', pick.1) as facts
from
(
    select
        tenant,
        argMax(tuple(other, coincidences, expected, surprise, days, stops, other_stops, first_s, last_s), (surprise, other)) as pick
    from judged
    where coincidences > expected
        and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant))
    group by tenant
)
order by subject_id
