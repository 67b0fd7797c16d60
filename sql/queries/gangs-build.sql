-- Gangs of the given tenants: devices of one tenant, chip and fabric whose busy islands start
-- within gang_start_s of each other and share at least gang_overlap_min of their time. Job ids
-- play no part. Among islands that start together, those much shorter than the rest form a gang
-- of their own only when they are at least a quarter of its devices: a few are failed devices.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), idle_gap_s,
--         gang_start_s, gang_overlap_min
-- rows:   one per gang; nodes is the bottom-64 sketch of hashed node names, for Jaccard
-- bound:  device-hours of these tenants in [from, until)
with
    pieces as
    (
        select
            tenant_id, toString(chip) as chip, fabric_id, device_id, site, device_count, workload_id,
            if(node_id = '', device_id, toString(node_id)) as node,
            tensor_mean, power_mean_w, t1_s, t2_s, t3_s, t4_s, unmetered_s,
            arrayJoin(islands) as island,
            toUnixTimestamp64Milli(island.1) as start_ms,
            toUnixTimestamp64Milli(island.2) as end_ms
        from device_hours final
        where tenant_id in {tenants:Array(String)}
          and hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) and hour < {until:DateTime64(3, 'UTC')}
          and island.1 >= {from:DateTime64(3, 'UTC')}
    ),
    marked as
    (
        select
            *,
            max(end_ms) over
                (partition by tenant_id, chip, fabric_id, device_id order by start_ms, end_ms
                 rows between unbounded preceding and 1 preceding) as busy_until_ms,
            start_ms > busy_until_ms + {idle_gap_s:Float64} * 1000 as is_fresh
        from pieces
    ),
    numbered as
    (
        select *, sum(is_fresh) over
            (partition by tenant_id, chip, fabric_id, device_id order by start_ms, end_ms
             rows between unbounded preceding and current row) as island_no
        from marked
    ),
    device_islands as
    (
        select
            tenant_id, chip, fabric_id, device_id, island_no,
            min(start_ms) as began_ms,
            max(end_ms) as ended_ms,
            max(device_count) as units,
            argMin(node, (start_ms, workload_id)) as node_name,
            argMin(site, (start_ms, workload_id)) as site_name,
            groupUniqArray(workload_id) as workload_ids,
            sum(toInt64(round(island.3 * 1000))) as device_ms,
            sum(toInt64(round(island.4))) as joules,
            sum(toInt128(round(island.5))) as lo,
            sum(toInt128(round(island.6))) as mid,
            sum(toInt128(round(island.7))) as hi,
            sum(toInt64(round(ifNull(tensor_mean, 0) * island.3 * 1000))) as tensor_ms,
            countIf(tensor_mean is not null) as tensor_n,
            sum(toInt64(round(ifNull(power_mean_w, 0) * (end_ms - start_ms)))) as power_ms,
            sum(end_ms - start_ms) as wall_ms,
            sum(toInt64(t1_s)) as t1, sum(toInt64(t2_s)) as t2, sum(toInt64(t3_s)) as t3,
            sum(toInt64(t4_s)) as t4, sum(toInt64(unmetered_s)) as t5
        from numbered
        group by tenant_id, chip, fabric_id, device_id, island_no
    ),
    start_marked as
    (
        select *,
            lagInFrame(began_ms) over place as before_ms,
            before_ms > 0 and began_ms - before_ms > {gang_start_s:Float64} * 1000 as is_later
        from device_islands
        window place as (partition by tenant_id, chip, fabric_id order by began_ms, device_id
            rows between unbounded preceding and current row)
    ),
    start_grouped as
    (
        select *, sum(is_later) over
            (partition by tenant_id, chip, fabric_id order by began_ms, device_id
             rows between unbounded preceding and current row) as start_no
        from start_marked
    ),
    length_marked as
    (
        select *,
            ended_ms - began_ms as length_ms,
            lagInFrame(length_ms) over place as shorter_ms,
            shorter_ms > 0 and shorter_ms < length_ms * {gang_overlap_min:Float64} as is_longer
        from start_grouped
        window place as (partition by tenant_id, chip, fabric_id, start_no order by length_ms, device_id
            rows between unbounded preceding and current row)
    ),
    length_grouped as
    (
        select *, sum(is_longer) over
            (partition by tenant_id, chip, fabric_id, start_no order by length_ms, device_id
             rows between unbounded preceding and current row) as length_no
        from length_marked
    ),
    parts as
    (
        select
            tenant_id, chip, fabric_id, start_no, length_no,
            sum(units) as part_units,
            min(began_ms) as part_began_ms,
            max(ended_ms) as part_ended_ms,
            groupUniqArray((device_id, units)) as part_devices,
            groupUniqArray(cityHash64(node_name)) as part_nodes,
            min(site_name) as part_site,
            groupUniqArrayArray(workload_ids) as part_workloads,
            sum(device_ms) as part_device_ms,
            sum(joules) as part_joules,
            sum(lo) as part_lo,
            sum(mid) as part_mid,
            sum(hi) as part_hi,
            sum(tensor_ms) as part_tensor_ms,
            sum(tensor_n) as part_tensor_n,
            sum(power_ms) as part_power_ms,
            sum(wall_ms * units) as part_unit_wall_ms,
            sum(t1) as s1, sum(t2) as s2, sum(t3) as s3, sum(t4) as s4, sum(t5) as s5
        from length_grouped
        group by tenant_id, chip, fabric_id, start_no, length_no
    ),
    placed as
    (
        select
            *,
            first_value(part_units) over largest_first as largest_units,
            first_value(length_no) over largest_first as home_no,
            if(part_units * 4 < largest_units, home_no, length_no) as part_no
        from parts
        window largest_first as (partition by tenant_id, chip, fabric_id, start_no
            order by part_units desc, length_no desc
            rows between unbounded preceding and unbounded following)
    )
select
    tenant_id,
    chip,
    fabric_id,
    fromUnixTimestamp64Milli(min(part_began_ms), 'UTC') as start,
    fromUnixTimestamp64Milli(max(part_ended_ms), 'UTC') as end,
    toUInt32(arraySum(device -> device.2, groupUniqArrayArray(part_devices) as all_devices)) as devices,
    arrayMin(all_devices.1) as first_device,
    arrayMap(hash -> toString(hash), arraySlice(arraySort(groupUniqArrayArray(part_nodes)), 1, 64)) as nodes,
    min(part_site) as site,
    arraySlice(arraySort(arrayFilter(id -> id != '', groupUniqArrayArray(part_workloads))), 1, 100) as workloads,
    sum(part_device_ms) / 1000 as device_s,
    toFloat64(sum(part_joules)) as energy_j,
    toFloat64(sum(part_lo)) as flop_lo,
    toFloat64(sum(part_mid)) as flop_mid,
    toFloat64(sum(part_hi)) as flop_hi,
    arrayReverseSort([(sum(s1), 'T1'), (sum(s2), 'T2'), (sum(s3), 'T3'), (sum(s4), 'T4'), (sum(s5), 'T5')])[1].2 as tier,
    if(sum(part_tensor_n) = 0, null, sum(part_tensor_ms) / sum(part_device_ms)) as tensor_mean,
    if(sum(part_power_ms) = 0, null, sum(part_power_ms) / sum(part_unit_wall_ms)) as power_mean_w
from placed
group by tenant_id, chip, fabric_id, start_no, part_no
order by tenant_id, start, chip, fabric_id, first_device
