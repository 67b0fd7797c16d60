-- Share of a tenant's devices that report less than the required part of the time between their
-- first and last sample. A hole longer than the release time ends a stay: the machine was returned.
-- params: the scope of every measurement; coverage_min, release_hours
-- rows:   a measurement; lo = mid = hi; figures gapped_devices, devices, span_hours (longest stay),
--         worst_coverage, hole_hours (of all devices); facts worst_devices (five), sites
-- bound:  hours in [since, as_of) of the tenants; final, because the table is rebuilt
with
    hourly as
    (
        select
            toString(tenant_id) as tenant,
            device_id,
            hour,
            toUnixTimestamp64Milli(min(first_seen)) as from_ms,
            toUnixTimestamp64Milli(max(last_seen)) as until_ms,
            sum(device_hours.covered_s) as seen_s,
            any(toString(site)) as at_site
        from device_hours final
        where hour >= {since:DateTime64(3)} and hour < {as_of:DateTime64(3)}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, device_id, hour
    ),
    neighboured as
    (
        select
            tenant, device_id, hour, from_ms, until_ms, seen_s, at_site,
            lagInFrame(until_ms, 1, from_ms) over earlier as before_ms,
            greatest(from_ms - before_ms, 0) / 1000 as hole_s,
            hole_s <= {release_hours:Float64} * 3600 as same_stay
        from hourly
        window earlier as
            (partition by tenant, device_id order by hour rows between unbounded preceding and unbounded following)
    ),
    device as
    (
        select
            tenant,
            device_id,
            sum((until_ms - from_ms) / 1000 + if(same_stay, hole_s, 0)) as span_s,
            least(1, sum(seen_s) / greatest(span_s, 1)) as coverage,
            coverage < {coverage_min:Float64} as gapped,
            greatest(span_s - sum(seen_s), 0) as missing_s,
            min(from_ms) as first_ms,
            max(until_ms) as last_ms,
            groupUniqArray(at_site) as at_sites
        from neighboured
        group by tenant, device_id
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
