-- Busy islands of the devices of some tenants, day by day: stretches of work with no pause longer
-- than idle_gap_s, cut at midnight UTC. Job ids are told and play no part.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), idle_gap_s Float64
-- rows:   one per tenant, day, device and island; start, end; units (devices behind the meter);
--         device_key and node_key are hashes; cuts counts pauses, and half for a start and an end
--         other than midnight; tensor_device_s is the part of device_s in which
--         tensor_s, seconds of full tensor activity, was measured
-- bound:  device-hours of these tenants in [from, until)
with
    hours as
    (
        select
            tenant_id, hour, toStartOfDay(hour) as day, chip, fabric_id, device_id, site, device_count, workload_id,
            if(node_id = '', device_id, toString(node_id)) as node,
            arrayReverseSort([(t1_s, 'T1'), (t2_s, 'T2'), (t3_s, 'T3'), (t4_s, 'T4'), (unmetered_s, 'T5')])[1].2 as tier,
            tensor_mean,
            max(covered_s / greatest(samples, 1)) over (partition by tenant_id, day, device_id) as length_s,
            -- activity while busy: the mean of the hour is spread over what it was busy for, so that
            -- an hour half idle does not look half as active
            greatest(1, ifNotFinite(covered_s * device_count / busy_device_s, 1)) as busy_share,
            -- seconds that no sample covers, from midnight to the end of the hour
            toUnixTimestamp(hour) - toUnixTimestamp(day) + 3600
                - sum(covered_s) over (partition by tenant_id, day, chip, fabric_id, device_id order by hour) as missing_s,
            3600 - sum(covered_s) over (partition by tenant_id, day, chip, fabric_id, device_id, hour) as missing_here_s,
            islands
        from device_hours final
        where tenant_id in {tenants:Array(String)}
          and hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
    ),
    pieces as
    (
        select
            * except (islands),
            arrayJoin(islands) as island,
            toUnixTimestamp64Milli(island.1) as start_ms,
            toUnixTimestamp64Milli(island.2) as end_ms
        from hours
    ),
    marked as
    (
        select
            *,
            max(end_ms) over before as busy_until_ms,
            (start_ms - busy_until_ms) / 1000 as pause_s,
            lagInFrame(missing_s - missing_here_s) over
                (partition by tenant_id, day, chip, fabric_id, device_id order by start_ms, end_ms) as missing_before_s,
            pause_s > {idle_gap_s:Float64}
                and not (pause_s <= 2.5 * length_s and missing_s - missing_before_s >= 0.9 * pause_s) as is_fresh
        from pieces
        window before as
            (partition by tenant_id, day, chip, fabric_id, device_id order by start_ms, end_ms
             rows between unbounded preceding and 1 preceding)
    ),
    numbered as
    (
        select *, sum(is_fresh) over
            (partition by tenant_id, day, chip, fabric_id, device_id order by start_ms, end_ms
             rows between unbounded preceding and current row) as island_no
        from marked
    )
select
    toString(tenant_id) as tenant_id,
    toDateTime64(day, 3, 'UTC') as day,
    toString(chip) as chip,
    toString(fabric_id) as fabric_id,
    device_id,
    toString(cityHash64(device_id)) as device_key,
    fromUnixTimestamp64Milli(min(start_ms), 'UTC') as start,
    fromUnixTimestamp64Milli(max(end_ms), 'UTC') as end,
    max(device_count) as units,
    toString(cityHash64(argMin(node, (start_ms, workload_id)))) as node_key,
    toString(argMin(site, (start_ms, workload_id))) as site,
    arraySort(groupUniqArrayIf(100)(toString(workload_id), workload_id != '')) as workloads,
    max(length_s) as sample_s,
    countIf(not is_fresh and pause_s > 0 and missing_s - missing_before_s < 0.9 * pause_s)
        + (toUnixTimestamp64Milli(start) != toUnixTimestamp(day) * 1000) / 2
        + (toUnixTimestamp64Milli(end) != (toUnixTimestamp(day) + 86400) * 1000) / 2 as cuts,
    sum(toInt64(round(island.3 * 1000))) / 1000 as device_s,
    toFloat64(sum(toInt64(round(island.4)))) as energy_j,
    toFloat64(sum(toInt128(round(island.5)))) as flop_lo,
    toFloat64(sum(toInt128(round(island.6)))) as flop_mid,
    toFloat64(sum(toInt128(round(island.7)))) as flop_hi,
    argMax(tier, (island.3, tier)) as tier,
    sum(toInt64(round(ifNull(tensor_mean, 0) * busy_share * island.3 * 1000))) / 1000 as tensor_s,
    sumIf(toInt64(round(island.3 * 1000)), tensor_mean is not null) / 1000 as tensor_device_s
from numbered
group by tenant_id, day, chip, fabric_id, device_id, island_no
order by day, tenant_id, chip, fabric_id, start, device_id
