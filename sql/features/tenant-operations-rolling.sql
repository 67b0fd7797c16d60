-- Operations of each tenant in the window, whatever they were for: the ceiling over every run that
-- may hide in them, dark billed hours included.
-- grain:  one row per tenant; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; figures known_chip_share (of device-seconds), gauged_share (of mid, from hours
--         on gauges or counters; 0 where mid is), dark_share, device_hours; facts tiers, chips
-- bound:  days in [since, as_of) of the tenants, and the hours of two; final, because the tables are rebuilt
select
    toString(tenant_id) as subject_id,
    [subject_id] as tenant_ids,
    toDateTime64(min(first_hour), 3, 'UTC') as start,
    toDateTime64(max(last_hour) + interval 1 hour, 3, 'UTC') as end,
    sum(observed_lo + dark_lo) as lo,
    sum(observed_mid + dark_mid) as mid,
    sum(observed_hi + dark_hi) as hi,
    sum(observed_device_s + dark_device_s) as all_s,
    map(
        'known_chip_share',
        if(all_s > 0, sumIf(observed_device_s + dark_device_s, chip != 'unknown') / all_s, 1),
        'gauged_share', if(mid > 0, sumIf(observed_mid, tier in ('T1', 'T2')) / mid, 0),
        'dark_share', if(all_s > 0, sum(dark_device_s) / all_s, 0),
        'device_hours', all_s / 3600
    ) as figures,
    map(
        'tiers', arrayStringConcat(arraySort(arrayMap(name -> toString(name), groupUniqArray(tier))), ', '),
        'chips', arrayStringConcat(arraySort(arrayMap(name -> toString(name), groupUniqArray(chip))), ', ')
    ) as facts
from
(
    select
        tenant_id, chip, tier, first_hour, last_hour, observed_device_s, dark_device_s,
        observed_lo, observed_mid, observed_hi, dark_lo, dark_mid, dark_hi
    from usage_days final
    where day >= {since:DateTime64(3, 'UTC')} and day < toStartOfDay({as_of:DateTime64(3, 'UTC')})
        and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
    union all
    -- days that the window cuts, by the hour
    select
        tenant_id, chip, tier, hour, hour, observed_device_s, dark_device_s,
        observed_lo, observed_mid, observed_hi, dark_lo, dark_mid, dark_hi
    from usage_hours final
    where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
        and (hour < toStartOfDay({since:DateTime64(3, 'UTC')} + toIntervalMillisecond(86399999))
            or hour >= toStartOfDay({as_of:DateTime64(3, 'UTC')}))
        and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
)
group by tenant_id
order by subject_id
