-- Longest time, per tenant, that one device's profiling counters read zero while another meter
-- showed it at work.
-- grain:  one row per tenant; unit s
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; lo = mid = hi; start and end frame the silent hours, or the window where
--         there are none; figures devices (with any silence), devices_seen, metered_share (of
--         device-seconds that carry a meter); facts worst_device, sites
-- bound:  hours in [since, as_of) of the tenants; final, because the table is rebuilt
with device as
(
    select
        toString(tenant_id) as tenant,
        device_id,
        sum(silent_zero_s) as silent_s,
        minIf(hour, silent_zero_s > 0) as silent_from,
        maxIf(hour, silent_zero_s > 0) as silent_to,
        min(hour) as first_hour,
        max(hour) as last_hour,
        sum(device_hours.device_s) as seen_s,
        sum(device_hours.unmetered_s) as blind_s,
        groupUniqArrayIf(toString(site), silent_zero_s > 0) as silent_sites
    from device_hours final
    where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
        and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
    group by tenant, device_id
)
select
    tenant as subject_id,
    [tenant] as tenant_ids,
    toDateTime64(if(mid > 0, minIf(silent_from, silent_s > 0), min(first_hour)), 3, 'UTC') as start,
    toDateTime64(if(mid > 0, maxIf(silent_to, silent_s > 0), max(last_hour)) + interval 1 hour, 3, 'UTC') as end,
    mid as lo,
    max(silent_s) as mid,
    mid as hi,
    map(
        'devices', toFloat64(countIf(silent_s > 0)),
        'devices_seen', toFloat64(count()),
        'metered_share', if(sum(seen_s) > 0, 1 - least(1, sum(blind_s) / sum(seen_s)), 0)
    ) as figures,
    map(
        'worst_device', if(mid > 0, argMax(device_id, silent_s), ''),
        'sites', arrayStringConcat(arraySort(arrayDistinct(arrayFlatten(groupArray(silent_sites)))), ', ')
    ) as facts
from device
group by tenant
order by subject_id
