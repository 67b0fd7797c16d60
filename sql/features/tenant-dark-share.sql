-- Share of a tenant's billed device time that no telemetry shows, over the worst 24 consecutive
-- hours of the window: an outage of a day must not drown in a month of good data.
-- grain:  one row per tenant that was billed; unit ratio
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; lo = mid = hi; start and end frame those 24 hours; figures billed_hours
--         (hours with a bill, of those 24), devices (billed, mean over them), dark_device_hours and
--         dark_operations (of the whole window); facts dark_from, dark_to, dark_methods
-- bound:  hours in [since, as_of) of the tenants; final, because the table is rebuilt
with
    hourly as
    (
        select
            toString(tenant_id) as tenant,
            hour,
            sum(billed_device_s) as billed_s,
            sum(dark_device_s) as dark_s,
            sum(dark_hi) as dark_operations,
            groupUniqArrayIf(toString(dark_method), dark_device_s > 0) as methods
        from usage_hours final
        where hour >= {since:DateTime64(3)} and hour < {as_of:DateTime64(3)}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, hour
        having billed_s > 0
    ),
    daily as
    (
        select
            tenant, hour, dark_s, dark_operations, methods,
            count() over day as billed_hours,
            sum(billed_s) over day as day_billed_s,
            least(1, sum(dark_s) over day / day_billed_s) as dark_share
        from hourly
        window day as (partition by tenant order by toUnixTimestamp(hour) range between 82800 preceding and current row)
    ),
    worst as
    (
        select
            tenant,
            argMax(tuple(hour, billed_hours, day_billed_s, dark_share), tuple(billed_hours >= 24, dark_share, -toInt64(toUnixTimestamp(hour)))) as day,
            sum(dark_s) as all_dark_s,
            sum(dark_operations) as all_dark_operations,
            minIf(hour, dark_s > 0) as dark_from,
            maxIf(hour, dark_s > 0) + interval 1 hour as dark_to,
            arraySort(arrayDistinct(arrayFlatten(groupArray(methods)))) as all_methods
        from daily
        group by tenant
    )
select
    tenant as subject_id,
    [tenant] as tenant_ids,
    toDateTime64(day.1 - interval 23 hour, 3, 'UTC') as start,
    toDateTime64(day.1 + interval 1 hour, 3, 'UTC') as end,
    day.4 as lo,
    day.4 as mid,
    day.4 as hi,
    map(
        'billed_hours', toFloat64(day.2),
        'devices', day.3 / (3600 * day.2),
        'dark_device_hours', all_dark_s / 3600,
        'dark_operations', all_dark_operations
    ) as figures,
    if(all_dark_s > 0,
        map('dark_from', toString(dark_from), 'dark_to', toString(dark_to),
            'dark_methods', arrayStringConcat(all_methods, ', ')),
        map()) as facts
from worst
order by subject_id
