-- Bursts of network traffic of each tenant at each site: how regular in time and size, and whether as
-- much comes in as goes out. Of a tenant's sites the most regular one is told.
-- params: the scope of every measurement; burst_bytes_min
-- rows:   a measurement; lo = mid = hi = regularity, 1 less the larger coefficient of variation of size
--         and period; figures bursts, bursts_per_day, burst_bytes (mean), symmetry (0..1), tensor (mean
--         activity), sites (with bursts); facts site
-- bound:  samples of the tenants in [since, as_of) that carry network bytes; final, because samples
--         replace each other
with
    minute as
    (
        select
            toString(tenant_id) as tenant, toString(site) as at_site, intDiv(toUnixTimestamp(time), 60) as at_minute,
            sum(ifNull(net_tx_bytes, 0)) as tx, sum(ifNull(net_rx_bytes, 0)) as rx, avg(ifNull(tensor_active, 0)) as activity
        from samples final
        where hour >= toStartOfHour({since:DateTime64(3, 'UTC')}) and time > {since:DateTime64(3, 'UTC')}
            and time <= {as_of:DateTime64(3, 'UTC')} and net_tx_bytes is not null and net_rx_bytes is not null
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, at_site, at_minute
    ),
    level as
    (
        select tenant as of_tenant, at_site as of_site, quantile(0.5)(tx + rx) as usual, avg(activity) as tensor
        from minute
        group by tenant, at_site
    ),
    series as
    (
        select
            tenant, at_site, any(level.tensor) as tensor,
            arraySort(groupArray((at_minute, tx, rx))) as bursts,
            arrayMap(burst -> burst.2 + burst.3, bursts) as sizes,
            arrayPopFront(arrayDifference(bursts.1)) as periods
        from minute
        inner join level on minute.tenant = level.of_tenant and minute.at_site = level.of_site
        where tx + rx > greatest(4 * usual, {burst_bytes_min:Float64})
        group by tenant, at_site
        having length(bursts) >= 3
    ),
    judged as
    (
        select
            tenant, at_site, tensor, bursts, sizes,
            1 - greatest(
                arrayReduce('stddevPop', sizes) / arrayAvg(sizes),
                arrayReduce('stddevPop', periods) / arrayAvg(periods)) as regular,
            length(bursts) * 1440 / greatest(bursts[-1].1 - bursts[1].1, 1) as per_day,
            arraySum(arrayMap(burst -> least(burst.2, burst.3), bursts))
                / arraySum(arrayMap(burst -> greatest(burst.2, burst.3), bursts)) as symmetry
        from series
    )
select
    tenant as subject_id,
    [tenant] as tenant_ids,
    toDateTime64(pick.2 * 60, 3, 'UTC') as start,
    toDateTime64((pick.3 + 1) * 60, 3, 'UTC') as end,
    pick.4 as lo,
    lo as mid,
    lo as hi,
    map(
        'bursts', toFloat64(pick.5),
        'bursts_per_day', pick.6,
        'burst_bytes', pick.7,
        'symmetry', pick.8,
        'tensor', ifNull(pick.9, 0),
        'sites', toFloat64(site_count)
    ) as figures,
    map('site', pick.1) as facts
from
(
    select
        tenant,
        count() as site_count,
        argMax(tuple(at_site, bursts[1].1, bursts[-1].1, regular, length(bursts), per_day, arrayAvg(sizes), symmetry, tensor),
            (regular, at_site)) as pick
    from judged
    group by tenant
)
order by subject_id
