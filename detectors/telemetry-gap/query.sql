-- Share of a tenant's devices that report less than the required part of the time between their
-- first and last sample. A hole longer than the release time ends a stay: the machine was returned.
-- params: the scope of every measurement; coverage_min, release_hours
-- rows:   a measurement; lo = mid = hi; figures gapped_devices, devices, span_hours (longest stay),
--         worst_coverage, hole_hours (of all devices); facts worst_devices (five), sites
-- bound:  hours in [since, as_of) of the tenants; final, because the table is rebuilt
with
    stay as
    (
        select
            toString(tenant_id) as tenant,
            device_id,
            arraySort(groupArray(tuple(toUnixTimestamp64Milli(first_seen), toUnixTimestamp64Milli(last_seen)))) as stretches,
            stretches.1 as from_ms,
            stretches.2 as until_ms,
            arrayMap((begin, before) -> greatest(begin - before, 0) / 1000,
                from_ms, arrayPopBack(arrayPushFront(until_ms, from_ms[1]))) as holes_s,
            sum(device_hours.covered_s) as seen_s,
            groupUniqArray(toString(site)) as at_sites
        from device_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, device_id
    ),
    device as
    (
        select
            tenant,
            device_id,
            from_ms[1] as first_ms,
            arrayMax(until_ms) as last_ms,
            arraySum(arrayFilter(hole_s -> hole_s > {release_hours:Float64} * 3600, holes_s)) as released_s,
            (last_ms - first_ms) / 1000 - released_s as span_s,
            least(1, seen_s / greatest(span_s, 1)) as coverage,
            coverage < {coverage_min:Float64} as gapped,
            greatest(span_s - seen_s, 0) as missing_s,
            at_sites
        from stay
    )
select
    tenant as subject_id,
    [tenant] as tenant_ids,
    fromUnixTimestamp64Milli(min(first_ms), 'UTC') as start,
    fromUnixTimestamp64Milli(max(last_ms), 'UTC') as end,
    mid as lo,
    countIf(gapped) / count() as mid,
    mid as hi,
    map(
        'gapped_devices', toFloat64(countIf(gapped)),
        'devices', toFloat64(count()),
        'span_hours', max(span_s) / 3600,
        'worst_coverage', min(coverage),
        'hole_hours', sum(missing_s) / 3600
    ) as figures,
    map(
        'worst_devices', arrayStringConcat(arrayMap(found -> found.2,
            arraySlice(arraySort(groupArrayIf(tuple(coverage, device_id), gapped)), 1, 5)), ', '),
        'sites', arrayStringConcat(arraySort(arrayDistinct(arrayFlatten(groupArrayIf(at_sites, gapped)))), ', ')
    ) as facts
from device
group by tenant
order by subject_id
