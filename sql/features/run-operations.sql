-- Operations of each run. The upper bound takes in what the tenant was billed for but did not show
-- while the run lasted: dark devices may have been part of it.
-- grain:  one row per run; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; figures observed_share (of the tenant's device-seconds), gauged_share (1 where
--         most of its device time is on gauges or counters, else 0), dark_operations, devices; facts tier, chips, sites, segments
-- bound:  runs that overlap [since, as_of) of the tenants; final, because both tables are rebuilt
with
    alive as
    (
        select
            tenant_id as tenant, run_id, start, end,
            chips, sites, devices_max, flop_lo, flop_mid, flop_hi, tier, length(segments) as segment_count
        from runs final
        where start < {as_of:DateTime64(3, 'UTC')} and end > {since:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
    ),
    -- running totals, so that a run takes two look-ups however long it is; the rows come in the order
    -- of the window, and those of one hour get one total
    total as
    (
        select
            tenant_id as total_of,
            hour as at,
            sum(observed_device_s) over sofar as observed_to,
            sum(dark_device_s) over sofar as dark_to,
            sum(dark_hi) over sofar as dark_operations_to
        from usage_hours final
        where hour >= (select toStartOfHour(min(start)) from alive) and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
        window sofar as (partition by tenant_id order by hour range between unbounded preceding and current row)
    ),
    -- what ran up by the last second before the run's first hour, and by the last before its end
    edge as
    (
        select run_of, sign, observed_to, dark_to, dark_operations_to
        from
        (
            select
                tenant,
                run_id as run_of,
                arrayJoin([
                    (-1, toDateTime(toStartOfHour(start), 'UTC') - 1),
                    (1, toDateTime(ceil(toUnixTimestamp64Milli(end) / 1000), 'UTC') - 1)]) as side,
                side.1 as sign,
                side.2 as moment
            from alive
        ) as boundary
        asof left join total on boundary.tenant = total.total_of and boundary.moment >= total.at
    ),
    beside as
    (
        select
            run_of,
            greatest(sum(sign * observed_to), 0) as observed_s,
            greatest(sum(sign * dark_to), 0) as dark_s,
            greatest(sum(sign * dark_operations_to), 0) as dark_operations
        from edge
        group by run_of
    )
select
    run_id as subject_id,
    [toString(tenant)] as tenant_ids,
    start,
    end,
    flop_lo as lo,
    flop_mid as mid,
    flop_hi + dark_operations as hi,
    map(
        'observed_share', if(observed_s + dark_s > 0, observed_s / (observed_s + dark_s), 1),
        'gauged_share', toFloat64(tier in ('T1', 'T2')),
        'dark_operations', dark_operations,
        'devices', toFloat64(devices_max)
    ) as figures,
    map(
        'tier', toString(tier),
        'chips', arrayStringConcat(arraySort(chips), ', '),
        'sites', arrayStringConcat(arraySort(sites), ', '),
        'segments', toString(segment_count)
    ) as facts
from alive
inner join beside on run_id = run_of
order by subject_id
