-- What each control group has used, and what it will have used at the horizon if it goes on as in
-- the last days. Averages forget by half in fast_hours and slow_hours; hours without use count.
-- params: the scope of every measurement; horizon_days, fast_hours, slow_hours, observed_hours_min,
--         operations_max, operations_early, margin_early, margin
-- rows:   a measurement of groups with use in the window; lo, mid = used, hi = used + the rate carried
--         to the horizon; figures used_hi, rate_hi and rate_mid (operations a day), eta_days (early
--         edge, 0 once passed), eta_mid_days and eta_late_days (1e6: never), days_before_horizon,
--         observed_hours, known_chip_share; facts reason
-- bound:  hours in [since, as_of) of the tenants; final, because the table is rebuilt
with
    toUnixTimestamp64Milli({as_of:DateTime64(3, 'UTC')}) / 3600000 as now_h,
    -- beyond it an average of 168 hours still keeps a quarter; of 48 hours one percent is left
    336 as memory_h,
    -- sums by tenant first: names of groups, and sets of names, are not made for every hour
    used as
    (
        with
            toUnixTimestamp(hour) / 3600 as at_h,
            at_h >= now_h - memory_h as is_remembered,
            is_remembered * exp2(-greatest(now_h - at_h - 1, 0) / {fast_hours:Float64}) as fast_keep,
            is_remembered * exp2(-greatest(now_h - at_h - 1, 0) / {slow_hours:Float64}) as slow_keep
        select
            tenant_id as user_id,
            min(at_h) as tenant_first_h,
            max(at_h) as tenant_last_h,
            sum(observed_lo + dark_lo) as tenant_lo,
            sum(observed_mid + dark_mid) as tenant_mid,
            sum(observed_hi + dark_hi) as tenant_hi,
            sum(observed_device_s + dark_device_s) as all_s,
            sumIf(observed_device_s + dark_device_s, chip != 'unknown') as known_s,
            uniqExactIfState(hour, observed_mid + dark_mid > 0) as busy,
            sum((observed_hi + dark_hi) * fast_keep) as fast_hi_kept,
            sum((observed_hi + dark_hi) * slow_keep) as slow_hi_kept,
            sum((observed_mid + dark_mid) * fast_keep) as fast_mid_kept,
            sum((observed_mid + dark_mid) * slow_keep) as slow_mid_kept
        from usage_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
        group by user_id
    ),
    summed as
    (
        select
            if(linked.group_id != '', linked.group_id,
                concat('grp-', substring(lower(hex(SHA256(toString(user_id)))), 1, 16))) as group_of,
            groupArray(toString(user_id)) as tenants,
            min(tenant_first_h) as first_h,
            max(tenant_last_h) as last_h,
            sum(tenant_lo) as used_lo,
            sum(tenant_mid) as used_mid,
            sum(tenant_hi) as used_hi,
            sum(all_s) as device_s,
            sum(known_s) as known_device_s,
            uniqExactIfMerge(busy) as busy_hours,
            least(now_h - first_h, memory_h) as remembered_h,
            -- the weights that all remembered hours have together, used or not
            (1 - exp2(-remembered_h / {fast_hours:Float64})) / (1 - exp2(-1 / {fast_hours:Float64})) as fast_weight,
            (1 - exp2(-remembered_h / {slow_hours:Float64})) / (1 - exp2(-1 / {slow_hours:Float64})) as slow_weight,
            sum(fast_hi_kept) / fast_weight as fast_hi,
            sum(slow_hi_kept) / slow_weight as slow_hi,
            sum(slow_mid_kept) / slow_weight as slow_mid,
            sum(fast_mid_kept) / fast_weight as fast_mid
        from used
        left join (select tenant_id, group_id from group_members final) as linked on used.user_id = linked.tenant_id
        group by group_of
    ),
    projected as
    (
        select
            *,
            busy_hours >= {observed_hours_min:Float64} as is_enough,
            if(is_enough, greatest(fast_hi, slow_hi), 0) as rate_hi_h,
            if(is_enough, greatest(fast_mid, slow_mid), 0) as rate_mid_h,
            if(used_hi < {operations_early:Float64}, {margin_early:Float64}, {margin:Float64}) as margin_now,
            rate_hi_h * {horizon_days:Float64} * 24 / margin_now as forward_hi,
            greatest({operations_max:Float64} - used_hi, 0) as missing_hi,
            greatest({operations_max:Float64} - used_mid, 0) as missing_mid,
            1e6 as never_days,
            multiIf(missing_hi = 0, 0, rate_hi_h > 0, least(margin_now * missing_hi / rate_hi_h / 24, never_days), never_days) as eta_days,
            multiIf(missing_mid = 0, 0, rate_mid_h > 0, least(missing_mid / rate_mid_h / 24, never_days), never_days) as eta_mid_days
        from summed
    )
select
    group_of as subject_id,
    arraySort(tenants) as tenant_ids,
    toDateTime64(toDateTime(first_h * 3600, 'UTC'), 3, 'UTC') as start,
    toDateTime64(toDateTime((last_h + 1) * 3600, 'UTC'), 3, 'UTC') as end,
    used_lo as lo,
    used_mid as mid,
    used_hi + forward_hi as hi,
    map(
        'used_hi', used_hi,
        'rate_hi', rate_hi_h * 24,
        'rate_mid', rate_mid_h * 24,
        'eta_days', eta_days,
        'eta_mid_days', eta_mid_days,
        'eta_late_days', least(eta_mid_days / margin_now, never_days),
        'days_before_horizon', greatest({horizon_days:Float64} - eta_days, 0),
        'observed_hours', toFloat64(busy_hours),
        'known_chip_share', if(device_s > 0, known_device_s / device_s, 1)
    ) as figures,
    map(
        'reason', multiIf(
            missing_hi = 0, 'the upper bound of what was used has passed it',
            not is_enough, 'too few hours of use for a rate',
            forward_hi >= missing_hi, 'at this rate it is passed within the horizon',
            'at this rate it is not passed within the horizon')
    ) as facts
from projected
order by subject_id
