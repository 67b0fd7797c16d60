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
            tenant_id, run_id, start, end, chips, sites, devices_max, flop_lo, flop_mid, flop_hi, tier,
            length(segments) as segment_count
        from runs final
        where start < {as_of:DateTime64(3)} and end > {since:DateTime64(3)}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
    ),
    shown as
    (
        select
            tenant_id, hour,
            sum(observed_device_s) as observed_s,
            sum(dark_device_s) as dark_s,
            sum(dark_hi) as dark_operations
        from usage_hours final
        where hour >= (select toStartOfHour(min(start)) from alive) and hour < {as_of:DateTime64(3)}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant_id, hour
    ),
    beside as
    (
        select
            alive.run_id as run_id,
            sum(observed_s) as observed_s,
            sum(dark_s) as dark_s,
            sum(dark_operations) as dark_operations
        from alive
        inner join shown on alive.tenant_id = shown.tenant_id
        where shown.hour >= toStartOfHour(alive.start) and shown.hour < alive.end
        group by alive.run_id
    )
select
    alive.run_id as subject_id,
    [toString(alive.tenant_id)] as tenant_ids,
    alive.start as start,
    alive.end as end,
    alive.flop_lo as lo,
    alive.flop_mid as mid,
    alive.flop_hi + beside.dark_operations as hi,
    map(
        'observed_share', if(observed_s + dark_s > 0, observed_s / (observed_s + dark_s), 1),
        'dark_operations', beside.dark_operations,
        'devices', toFloat64(alive.devices_max)
    ) as figures,
    map(
        'tier', toString(alive.tier),
        'chips', arrayStringConcat(arraySort(alive.chips), ', '),
        'sites', arrayStringConcat(arraySort(alive.sites), ', '),
        'segments', toString(alive.segment_count)
    ) as facts
from alive
left join beside on alive.run_id = beside.run_id
order by subject_id
