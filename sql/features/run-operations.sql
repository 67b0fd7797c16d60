-- Operations of each run. The upper bound takes in what the tenant was billed for but did not show
-- while the run lasted: dark devices may have been part of it.
-- grain:  one row per run; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; figures observed_share (of the tenant's device-seconds), dark_operations,
--         devices; facts tier, chips, sites, segments
-- bound:  runs that overlap [since, as_of) of the tenants; final, because both tables are rebuilt
with
    alive as
    (
        select
            toString(tenant_id) as tenant, run_id, start, end,
            chips, sites, devices_max, flop_lo, flop_mid, flop_hi, tier, length(segments) as segment_count,
            toDateTime64(toStartOfHour(start), 3, 'UTC') as first_hour
        from runs final
        where start < {as_of:DateTime64(3, 'UTC')} and end > {since:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
    ),
    -- running totals, so that a run takes two look-ups however long it is
    total as
    (
        select
            tenant, at,
            sum(observed_s) over sofar as observed_to,
            sum(dark_s) over sofar as dark_to,
            sum(dark_operations) over sofar as dark_operations_to
        from
        (
            select
                toString(tenant_id) as tenant,
                toDateTime64(hour, 3, 'UTC') as at,
                sum(observed_device_s) as observed_s,
                sum(dark_device_s) as dark_s,
                sum(dark_hi) as dark_operations
            from usage_hours final
            where hour >= (select min(first_hour) from alive) and hour < {as_of:DateTime64(3, 'UTC')}
                and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
            group by tenant, at
        )
        window sofar as (partition by tenant order by at rows between unbounded preceding and current row)
    ),
    begun as
    (
        select
            alive.*,
            total.observed_to as observed_before,
            total.dark_to as dark_before,
            total.dark_operations_to as dark_operations_before
        from alive
        asof left join total on alive.tenant = total.tenant and alive.first_hour > total.at
    ),
    beside as
    (
        select
            begun.*,
            greatest(total.observed_to - observed_before, 0) as observed_s,
            greatest(total.dark_to - dark_before, 0) as dark_s,
            greatest(total.dark_operations_to - dark_operations_before, 0) as dark_operations
        from begun
        asof left join total on begun.tenant = total.tenant and begun.end > total.at
    )
select
    run_id as subject_id,
    [tenant] as tenant_ids,
    start,
    end,
    flop_lo as lo,
    flop_mid as mid,
    flop_hi + dark_operations as hi,
    map(
        'observed_share', if(observed_s + dark_s > 0, observed_s / (observed_s + dark_s), 1),
        'dark_operations', dark_operations,
        'devices', toFloat64(devices_max)
    ) as figures,
    map(
        'tier', toString(tier),
        'chips', arrayStringConcat(arraySort(chips), ', '),
        'sites', arrayStringConcat(arraySort(sites), ', '),
        'segments', toString(segment_count)
    ) as facts
from beside
order by subject_id
