-- Share of a tenant's billed device time that no telemetry shows, on the worst UTC day of the
-- window: an outage of a day must not drown in a month of good data. Compared by day because
-- charges come by the day: spread over its hours, a bill for half a day would look dark in the
-- other half.
-- grain:  one row per tenant that was billed; unit ratio
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; lo = mid = hi; start and end frame that day; figures billed_hours (hours
--         with a bill on that day), devices (billed, mean over them), dark_device_hours and dark_days
--         (of the whole window), dark_operations (upper bound of the window's dark hours); facts
--         dark_from, dark_to, dark_methods
-- bound:  hours in [since, as_of) of the tenants; final, because the table is rebuilt
with
    daily as
    (
        select
            toString(tenant_id) as tenant,
            toStartOfDay(hour) as day,
            uniqExactIf(hour, billed_device_s > 0) as billed_hours,
            sum(billed_device_s) as billed_s,
            greatest(billed_s - sum(observed_device_s), 0) as unseen_s,
            unseen_s / billed_s as dark_share,
            sum(dark_hi) as dark_operations,
            groupUniqArrayIf(toString(dark_method), dark_device_s > 0) as methods
        from usage_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, day
        having billed_s > 0
    ),
    worst as
    (
        select
            tenant,
            -- a whole day says more than a part of one, then the darkest, then the first
            argMax(tuple(day, billed_hours, billed_s, dark_share),
                tuple(billed_hours = 24, dark_share, -toInt64(toUnixTimestamp(day)))) as pick,
            sum(unseen_s) as all_unseen_s,
            countIf(unseen_s > 0) as dark_days,
            sumIf(dark_operations, unseen_s > 0) as all_dark_operations,
            minIf(day, unseen_s > 0) as dark_from,
            maxIf(day, unseen_s > 0) + interval 1 day as dark_to,
            arraySort(arrayDistinct(arrayFlatten(groupArrayIf(methods, unseen_s > 0)))) as all_methods
        from daily
        group by tenant
    )
select
    tenant as subject_id,
    [tenant] as tenant_ids,
    toDateTime64(pick.1, 3, 'UTC') as start,
    toDateTime64(pick.1 + interval 1 day, 3, 'UTC') as end,
    pick.4 as lo,
    pick.4 as mid,
    pick.4 as hi,
    map(
        'billed_hours', toFloat64(pick.2),
        'devices', pick.3 / (3600 * pick.2),
        'dark_device_hours', all_unseen_s / 3600,
        'dark_days', toFloat64(dark_days),
        'dark_operations', all_dark_operations
    ) as figures,
    if(dark_days > 0,
        map('dark_from', toString(dark_from), 'dark_to', toString(dark_to),
            'dark_methods', arrayStringConcat(all_methods, ', ')),
        map()) as facts
from worst
order by subject_id
