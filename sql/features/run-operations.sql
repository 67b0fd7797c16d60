-- Operations of each run. The upper bound takes in what the tenant was billed for but did not show
-- while the run lasted: dark devices may have been part of it.
-- grain:  one row per run; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; figures observed_share (of the tenant's device-seconds), gauged_share (1 where
--         most of its device time is on gauges or counters, else 0), dark_operations, devices; facts tier, chips, sites, segments
-- bound:  runs that overlap [since, as_of) of the tenants; final, because both tables are rebuilt
with
    -- each run twice: its first hour, and the one after its last
    edge as
    (
        select
            tenant_id, run_id, runs.start as start, runs.end as end, chips, sites, devices_max, flop_lo, flop_mid, flop_hi, tier,
            length(segments) as segment_count,
            arrayJoin([
                (-1, toUnixTimestamp(toStartOfHour(runs.start))),
                (1, toUInt32(ceil(toUnixTimestamp64Milli(runs.end) / 3600000) * 3600))]) as side,
            side.1 as sign,
            side.2 as moment
        from runs final
        where runs.start < {as_of:DateTime64(3, 'UTC')} and runs.end > {since:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
    ),
    -- what these cut the past into, so that hours are added up once and a run takes two look-ups however
    -- long it is; one list for all tenants, because the engine looks up no other
    (select arraySort(arrayConcat([toUInt32(0)], groupUniqArray(moment))) from edge) as cuts,
    total as
    (
        select
            total_of, cut,
            sum(observed) over sofar as observed_to,
            sum(dark) over sofar as dark_to,
            sum(dark_most) over sofar as dark_operations_to
        from
        (
            select
                tenant_id as total_of,
                roundDown(toUnixTimestamp(hour), cuts) as cut,
                sum(observed_device_s) as observed,
                sum(dark_device_s) as dark,
                sum(dark_hi) as dark_most
            from usage_hours final
            where length(cuts) > 1 and hour >= toDateTime(cuts[2], 'UTC')
                and hour < toDateTime({as_of:DateTime64(3, 'UTC')} + toIntervalMillisecond(999), 'UTC')
                and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
            group by total_of, cut
        )
        window sofar as (partition by total_of order by cut)
    )
select
    run_id as subject_id,
    [toString(any(tenant_id))] as tenant_ids,
    any(edge.start) as start,
    any(edge.end) as end,
    any(flop_lo) as lo,
    any(flop_mid) as mid,
    any(flop_hi) + (greatest(sum(sign * dark_operations_to), 0) as dark_operations) as hi,
    map(
        'observed_share',
        if((greatest(sum(sign * observed_to), 0) as observed_s) + (greatest(sum(sign * dark_to), 0) as dark_s) > 0,
            observed_s / (observed_s + dark_s), 1),
        'gauged_share', toFloat64(any(tier) in ('T1', 'T2')),
        'dark_operations', dark_operations,
        'devices', toFloat64(any(devices_max))
    ) as figures,
    map(
        'tier', toString(any(tier)),
        'chips', arrayStringConcat(arraySort(any(chips)), ', '),
        'sites', arrayStringConcat(arraySort(any(sites)), ', '),
        'segments', toString(any(segment_count))
    ) as facts
from edge
asof left join total on edge.tenant_id = total.total_of and edge.moment > total.cut
group by run_id
order by subject_id
