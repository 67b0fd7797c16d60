-- Puts device-hours together from their blocks, every wanted hour whole; device-hours-bury then removes
-- the keys that it no longer found. Sums are of integers and stretches are joined by the rule that
-- made them, so it does not matter how an hour was cut into blocks, nor when each was built.
-- params: hours Array(DateTime); first and end String (device ids from, and up to but without; '' is
--         open); scope UInt64 (0: everybody); build, island_gap_s
-- bound:  the caller packs hours, and devices of a large hour, so that a statement reads about
--         meter.rows_per_statement blocks, and of the others what a node's meter stands for
insert into device_hours
with
    joined as
    (
        select
            tenant_id, hour, device_id, workload_id,
            argMax(chip, last_end_ms) as chip_last,
            argMax(accelerator, last_end_ms) as accelerator_last,
            argMax(node_id, last_end_ms) as node_last,
            argMax(fabric_id, last_end_ms) as fabric_last,
            argMax(site, last_end_ms) as site_last,
            argMax(region, last_end_ms) as region_last,
            argMax(declared_use, last_end_ms) as declared_last,
            argMax(device_count, last_end_ms) as count_last,
            max(blocks.is_node_meter) as is_meter,
            min(blocks.first_ms) as start_ms,
            max(blocks.last_ms) as end_ms,
            minIf(blocks.first_busy_ms, blocks.busy_us != 0) as busy_start_ms,
            max(blocks.last_busy_ms) as busy_end_ms,
            sum(blocks.covered_ms) as covered,
            sum(blocks.unit_us) as units,
            sum(blocks.busy_us) as busy,
            sum(blocks.mj) as joules,
            sum(blocks.lo) as low,
            sum(blocks.mid) as middle,
            sum(blocks.hi) as high,
            sum(blocks.t1_us) as t1,
            sum(blocks.t2_us) as t2,
            sum(blocks.t3_us) as t3,
            sum(blocks.t4_us) as t4,
            sum(blocks.unmetered_us) as unmetered,
            sum(blocks.silent_us) as silent,
            sum(blocks.counter_resets) as reset_count,
            sum(blocks.tensor_micro_ms) as tensor,
            sum(blocks.tensor_pieces) as tensor_count,
            sum(blocks.samples) as sample_count,
            arraySort(groupArrayArray(blocks.stretches)) as links
        from device_blocks as blocks final
        where hour in {hours:Array(DateTime('UTC'))}
          and device_id >= {first:String} and ({end:String} = '' or device_id < {end:String})
          and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
        group by tenant_id, hour, device_id, workload_id
    ),
    -- devices that were on a node that has a meter at any time; most fleets have none. Without final
    -- this names some in vain
    beside_meters as
    (
        select device_id
        from device_blocks
        where hour in {hours:Array(DateTime('UTC'))}
            and node_id in
            (
                select node_id
                from device_blocks
                where hour in {hours:Array(DateTime('UTC'))} and is_node_meter and node_id != ''
            )
    ),
    -- what reports on each node that has a meter, devices of other statements included
    nodes as
    (
        select
            hour as node_hour, site_last as node_site, node_last as node_name,
            sumIf(units, not is_meter) as own_us,
            sumIf(units, is_meter) as meter_us,
            sumIf(high, not is_meter) as own_hi,
            sumIf(powered_hi, is_meter) as meter_hi
        from
        (
            select
                hour,
                argMax(node_id, last_end_ms) as node_last,
                argMax(site, last_end_ms) as site_last,
                max(is_node_meter) as is_meter,
                sum(unit_us) as units,
                sum(hi) as high,
                sum(powered) as powered_hi
            from device_blocks final
            where hour in {hours:Array(DateTime('UTC'))}
                and device_id in (select device_id from beside_meters)
            group by tenant_id, hour, device_id, workload_id
        )
        where node_last != ''
        group by hour, site_last, node_last
        having meter_us > 0
    ),
    -- devices outrank the meter of their node: it only stands for those that do not report
    weighed as
    (
        select
            *,
            if(is_meter and own_us > 0, greatest(meter_us - own_us, 0) / meter_us, 1) as witness,
            -- what stands beside the meter of its node is bounded by its share of what that has seen
            if(is_meter or meter_us = 0 or own_hi = 0, 1,
                greatest(1, meter_hi / own_hi * least(own_us / meter_us, 1))) as lift
        from joined
        left any join nodes on node_hour = hour and node_site = site_last and node_name = node_last
    )
select
    tenant_id, hour, device_id, workload_id,
    chip_last, accelerator_last, node_last, fabric_last, site_last, region_last, declared_last,
    count_last,
    fromUnixTimestamp64Milli(start_ms, 'UTC') as first_seen,
    fromUnixTimestamp64Milli(end_ms, 'UTC') as last_seen,
    if(busy = 0, null, fromUnixTimestamp64Milli(busy_start_ms, 'UTC')) as first_busy,
    if(busy = 0, null, fromUnixTimestamp64Milli(busy_end_ms, 'UTC')) as last_busy,
    covered / 1000 as covered_s,
    units / 1e6 * witness as device_s,
    busy / 1e6 * witness as busy_device_s,
    joules / 1000 * witness as energy_j,
    toFloat64(low) * witness as flop_lo,
    toFloat64(middle) * witness as flop_mid,
    toFloat64(high) * witness * lift as flop_hi,
    t1 / 1e6 * witness as t1_s,
    t2 / 1e6 * witness as t2_s,
    t3 / 1e6 * witness as t3_s,
    t4 / 1e6 * witness as t4_s,
    unmetered / 1e6 * witness as unmetered_s,
    silent / 1e6 * witness as silent_zero_s,
    reset_count,
    witness as witness_share,
    if(tensor_count = 0, null, tensor / 1e6 / covered) as tensor_mean,
    if(joules = 0, null, joules / covered) as power_mean_w,
    -- a stretch in which nothing was busy is none
    arrayMap(stretch -> (
            fromUnixTimestamp64Milli(arrayMin(stretch.3), 'UTC'),
            fromUnixTimestamp64Milli(arrayMax(stretch.4), 'UTC'),
            arraySum(stretch.5) / 1e6 * witness,
            arraySum(stretch.6) / 1000 * witness,
            toFloat64(arraySum(stretch.7)) * witness,
            toFloat64(arraySum(stretch.8)) * witness,
            toFloat64(arraySum(stretch.9)) * witness * lift),
        arrayFilter(stretch -> arrayMax(stretch.4) > 0, arraySplit((stretch, is_break) -> is_break, links,
            arrayMap((start, before) -> start - before > {island_gap_s:Float64} * 1000,
                links.1, arrayPopBack(arrayPushFront(links.2, links.1[1])))))) as islands,
    sample_count,
    {build:UInt64} as build,
    0 as is_deleted
from weighed
