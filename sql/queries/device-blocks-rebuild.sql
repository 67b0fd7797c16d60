-- Rebuilds blocks of device-hours from samples, in every wanted hour from an instant on, the `tail`;
-- device-blocks-bury then removes the keys that the rebuild no longer found.
-- A second of a device counts once: where intervals overlap, the sample that ends last takes the
-- instant, so the sum is the exact length of the union. Sums run over integers (milliseconds,
-- millijoules, whole operations): they do not depend on the order in which the engine reads.
-- params: hours Array(DateTime) to rebuild, tails Array(DateTime) where the rebuilding of each begins;
--         keys Array(DateTime) = hours and the hour after each (an interval that ends later reaches
--         back); before Array(DateTime) = the hour before each (last counter readings only);
--         first and end String (device ids from, and up to but without; '' is open);
--         scope UInt64 (0: everybody); block_s UInt32;
--         version, build, island_gap_s, busy_tensor_min, busy_power_share_min; power_bounds_hi (1 or 0);
--         attestations_trusted Array(String): values of precision_source that may lower hi
-- bound:  the caller packs hours, and devices of a large hour, so that a statement reads about
--         meter.rows_per_statement samples, and the time alone of those before the tails
insert into device_blocks
with
    3600000 as hour_ms,
    -- later than any instant
    toInt64(1e15) as far_ms,
    toInt64({block_s:UInt32}) * 1000 as block_ms,
    -- of an hour that is read only for what reaches back from it, all is read
    of_hour -> transform(of_hour, {hours:Array(DateTime('UTC'))}, {tails:Array(DateTime('UTC'))}, of_hour) as tail_of,
    -- the part of an amount that lies between two shares of it
    (amount, since, upto) -> toInt128(round(ifNull(amount, 0) * upto)) - toInt128(round(ifNull(amount, 0) * since)) as part_of,
    -- Devices that bring counters, or whose samples may reach over each other: theirs alone go through
    -- windows, on few columns. Without final this sees every content that was ever stored, so it
    -- names some in vain, which changes nothing.
    entangled as
    (
        select device_id
        from
        (
            select
                device_id,
                max(mma_cycles_total is not null or energy_total_j is not null) as has_counters,
                arraySort(groupArray(toUnixTimestamp64Milli(time))) as ends,
                arraySort(groupArray(toUnixTimestamp64Milli(time) - toInt64(interval_s * 1000))) as starts
            from samples
            where hour in {keys:Array(DateTime('UTC'))} and time > tail_of(hour)
              and device_id >= {first:String} and ({end:String} = '' or device_id < {end:String})
              and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
            group by device_id
        )
        where has_counters
            or arrayExists((start, end) -> start < end, arrayPopFront(starts), arrayPopBack(ends))
    ),
    narrow as
    (
        select
            device_id, toUnixTimestamp64Milli(time) as end_ms, tenant_id, interval_s,
            mma_cycles_total, sm_cycles_total, energy_total_j,
            mma_cycles_total is not null or energy_total_j is not null as is_reading
        from samples final
        prewhere hour in {keys:Array(DateTime('UTC'))} and time > tail_of(hour)
            and device_id in (select device_id from entangled)
        union all
        select
            -- of devices that bring counters: to name the entangled again would plan them a second time
            device_id, toUnixTimestamp64Milli(max(time)), argMax(tenant_id, time), argMax(interval_s, time),
            argMax(tuple(mma_cycles_total), time).1, argMax(tuple(sm_cycles_total), time).1,
            argMax(tuple(energy_total_j), time).1, 1
        from samples final
        prewhere ((hour in {hours:Array(DateTime('UTC'))} and time <= tail_of(hour))
                or (hour in {before:Array(DateTime('UTC'))} and hour not in {keys:Array(DateTime('UTC'))}))
            and device_id in
            (
                select device_id
                from samples
                where hour in {keys:Array(DateTime('UTC'))} and time > tail_of(hour)
                    and device_id >= {first:String} and ({end:String} = '' or device_id < {end:String})
                    and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
                    and (mma_cycles_total is not null or energy_total_j is not null)
            )
        where mma_cycles_total is not null or energy_total_j is not null
        group by hour, device_id
    ),
    -- a counter is compared with the reading before it; samples without counters between the two
    -- do not part them
    neighboured as
    (
        select
            *,
            leadInFrame(end_ms) over older as before_ms,
            leadInFrame(tenant_id) over older as before_tenant,
            leadInFrame(mma_cycles_total) over older as before_mma,
            leadInFrame(sm_cycles_total) over older as before_sm,
            leadInFrame(energy_total_j) over older as before_energy,
            -- a counter vouches for the time since its last reading, up to an hour back
            before_ms > 0 and end_ms - before_ms <= hour_ms as before_near,
            before_near and mma_cycles_total >= before_mma and sm_cycles_total > before_sm
                and (mma_cycles_total - before_mma) <= 1.05 * (sm_cycles_total - before_sm)
                as counted,
            before_near and energy_total_j >= before_energy as metered,
            ifNull(before_near and (mma_cycles_total < before_mma or sm_cycles_total < before_sm
                or energy_total_j < before_energy), 0) as reset,
            -- time between two tenants of a device belongs to neither
            if(ifNull(counted, 0) and before_tenant = tenant_id, least(before_ms, end_ms - toInt64(interval_s * 1000)),
                end_ms - toInt64(interval_s * 1000)) as start_ms
        from narrow
        window older as
            (partition by device_id, is_reading order by end_ms desc
             rows between unbounded preceding and unbounded following)
    ),
    -- newest first, so that the frame before a row holds the samples that end after it
    ties as
    (
        select
            device_id, end_ms, start_ms, before_ms, before_mma, before_sm, before_energy, counted, metered, reset,
            min(start_ms) over
                (partition by device_id order by end_ms desc rows between unbounded preceding and 1 preceding)
                as taken_from_ms
        from neighboured
    ),
    spanned as
    (
        select
            s.*,
            t.before_ms as before_ms, t.before_mma as before_mma, t.before_sm as before_sm,
            t.before_energy as before_energy, t.counted as counted, t.metered as metered, t.reset as reset,
            if(t.end_ms = 0, s.end_ms - toInt64(s.interval_s * 1000), t.start_ms) as start_ms,
            greatest(s.end_ms - start_ms, 1) as length_ms,
            if(t.taken_from_ms = 0, s.end_ms, least(s.end_ms, t.taken_from_ms)) as until_ms
        from
        (
            select
                *,
                toUnixTimestamp64Milli(time) as end_ms,
                -- of a column of low cardinality: once for each name
                lowerUTF8(trimBoth(replaceRegexpAll(accelerator, '\\s+', ' '))) as model
            from samples final
            prewhere hour in {keys:Array(DateTime('UTC'))} and time > tail_of(hour)
                and device_id >= {first:String} and ({end:String} = '' or device_id < {end:String})
                and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
        ) as s
        left any join ties as t on t.device_id = s.device_id and t.end_ms = s.end_ms
    ),
    -- what counters and meters say; a level of its own, because each name is resolved where it is used
    gauged as
    (
        select
            s.*,
            c.chip as chip,
            c.pipe_lo as pipe_lo, c.pipe_mid as pipe_mid, c.pipe_hi as pipe_hi, c.billed.2 as gap_mid,
            c.gap_hi as gap_hi, c.energy_hi as energy_hi, c.host as host, c.host_w as host_w,
            c.clock_ref_mhz as clock_ref_mhz, c.sm_count as sm_count,
            s.device_count * s.slice as units,
            length_ms / 1000 * units as unit_s,
            c.idle_w * units as idle_power_w,
            greatest(c.tdp_w - c.idle_w, 1) * units as power_span_w,
            if(ifNull(metered, 0), (energy_total_j - before_energy) * length_ms / (end_ms - before_ms),
                power_w * length_ms / 1000) as joules_read,
            -- a live device never draws a quarter of its idle power: such a reading is a broken
            -- meter. Its energy stands as read, but it is evidence of nothing
            if(ifNull(joules_read / (length_ms / 1000) < 0.25 * idle_power_w, 1), null, joules_read) as joules,
            joules / (length_ms / 1000) as mean_power_w,
            if(ifNull(counted, 0), (mma_cycles_total - before_mma) / (sm_cycles_total - before_sm), null) as counter_tensor,
            -- cycles per elapsed time give the clock, averaged over the SMs or summed over those of
            -- the devices, or of the slice, that the sample stands for
            if(ifNull(counted, 0), (sm_cycles_total - before_sm) / ((end_ms - before_ms) * 1000), null) as cycles_mhz
        from spanned as s
        left any join (select * from models final where version = {version:String}) as c
            on c.name = if(s.model in (select name from models where version = {version:String}), s.model, '')
        where until_ms > start_ms
    ),
    -- evidence: how much of what each tier measures, for the whole length of the sample
    evidenced as
    (
        select
            *,
            -- what a node's host draws is a guess: a meter that stands alone is read without it, so
            -- that a busy device is never called idle; beside other evidence it is taken off
            if(power_scope = 'node', host_w * units, 0) as host_power_w,
            ifNull((mean_power_w - idle_power_w) / power_span_w, 0) as power_share_alone,
            ifNull((mean_power_w - idle_power_w - host_power_w) / power_span_w, 0) as power_share,
            multiIf(
                clock_ref_mhz is null, 1,
                ifNull(cycles_mhz between 0.1 * clock_ref_mhz and 1.4 * clock_ref_mhz, 0), cycles_mhz / clock_ref_mhz,
                ifNull(cycles_mhz / (sm_count * units) between 0.1 * clock_ref_mhz and 1.4 * clock_ref_mhz, 0),
                    cycles_mhz / (sm_count * units) / clock_ref_mhz,
                ifNull(sm_clock_mhz > 0, 0), sm_clock_mhz / clock_ref_mhz,
                1) as clock_share,
            ifNull(greatest(sm_active, gpu_util), ifNull(sm_active, gpu_util)) as activity,
            greatest(ifNull(fp64_active, 0), ifNull(fp32_active, 0), ifNull(fp16_active, 0)) as vector_active,
            -- a profiling field stuck at zero while other meters see work is no evidence of idleness
            ifNull(coalesce(counter_tensor, tensor_active) = 0 and ifNull(sm_active, 0) = 0 and vector_active = 0
                and (ifNull(gpu_util, 0) > 0.5 or power_share > 0.3), 0) as silent_zero,
            multiIf(
                operations is not null, 'measured',
                silent_zero and joules is not null, 'T3',
                silent_zero, 'T4',
                counter_tensor is not null, 'T1',
                tensor_active is not null, 'T2',
                joules is not null, 'T3',
                activity is not null, 'T4',
                'gap') as tier
        from gauged
    ),
    estimated as
    (
        select
            e.*,
            greatest(joules - (idle_power_w + host_power_w) * length_ms / 1000, 0) as net_joules,
            -- vector pipes work beside the tensor pipes; counters and gauges of tensor work miss them
            (e.tier in ('T1', 'T2')) * clock_share * unit_s as vector_s,
            (vector_s * ifNull(fp64_active, 0), vector_s * ifNull(fp32_active, 0), vector_s * ifNull(fp16_active, 0)) as vector_amounts,
            multiIf(
                e.tier = 'measured', operations,
                e.tier = 'T1', counter_tensor * clock_share * unit_s,
                e.tier = 'T2', tensor_active * clock_share * unit_s,
                e.tier = 'T3', net_joules * if(power_scope = 'node', host.2, 1),
                e.tier = 'T4', activity * unit_s,
                0) as amount,
            -- how much of a node meter is the host's is a guess: lo takes the most off, hi the least
            if(e.tier = 'T3' and power_scope = 'node', net_joules * host.1, amount) as amount_lo,
            if(e.tier = 'T3' and power_scope = 'node', net_joules * host.3, amount) as amount_hi,
            if(e.tier = 'gap', 0, amount_lo * r.lo + dotProduct(vector_amounts, pipe_lo)) as sample_lo,
            if(e.tier = 'gap', unit_s * gap_mid, amount * r.mid + dotProduct(vector_amounts, pipe_mid)) as sample_mid,
            -- what the provider's own meter of the node says: gauges that the guest reports may raise hi
            -- beyond it and never lower it. At most what a dark device is taken to do
            if(power_scope = 'node', {power_bounds_hi:Float64}, 0) * least(
                ifNull(net_joules, 0) * host.3 * energy_hi,
                unit_s * gap_hi) as powered,
            -- the customer's own word on the format lowers nothing
            if(e.precision_source in {attestations_trusted:Array(String)}, r.hi, greatest(r.hi, r.open_hi)) as factor_hi,
            greatest(
                if(e.tier = 'gap', unit_s * r.hi, amount_hi * factor_hi + dotProduct(vector_amounts, pipe_hi)),
                powered) as sample_hi,
            multiIf(
                e.tier = 'gap', 0,
                e.tier = 'measured', operations > 0,
                if(e.tier = 'T3' and not silent_zero, power_share_alone, power_share)
                    > {busy_power_share_min:Float64}, 1,
                greatest(coalesce(counter_tensor, tensor_active, activity, 0), vector_active) >= {busy_tensor_min:Float64}) as busy
        from evidenced as e
        left any join
        (
            select chip as rate_chip, tier as rate_tier, precision as rate_precision, lo, mid, hi, open_hi
            from sample_rates final
            where version = {version:String}
        ) as r on r.rate_chip = e.chip and r.rate_tier = e.tier and r.rate_precision = e.precision
    ),
    -- A sample that lies in several blocks is shared out by time. A piece is the difference of two
    -- rounded shares, taken as integers, so that pieces add up to the same wherever a sample is cut.
    pieces as
    (
        select
            *,
            arrayJoin(range(intDiv(start_ms, block_ms) * block_ms, until_ms, block_ms)) as block_start_ms,
            greatest(start_ms, block_start_ms) as piece_start_ms,
            least(until_ms, block_start_ms + block_ms) as piece_end_ms,
            toDateTime(intDiv(block_start_ms, hour_ms) * 3600, 'UTC') as piece_hour,
            -- what counts once for a sample in an hour counts where it begins there
            piece_start_ms = greatest(start_ms, intDiv(block_start_ms, hour_ms) * hour_ms) as is_first,
            piece_end_ms - piece_start_ms as piece_ms,
            (piece_start_ms - start_ms) / length_ms as from_share,
            (piece_end_ms - start_ms) / length_ms as to_share,
            part_of(sample_lo, from_share, to_share) as piece_lo,
            part_of(sample_mid, from_share, to_share) as piece_mid,
            part_of(sample_hi, from_share, to_share) as piece_hi,
            part_of(powered, from_share, to_share) as piece_powered,
            toInt64(part_of(joules_read * 1000, from_share, to_share)) as piece_mj,
            toInt64(part_of(length_ms * units * 1000, from_share, to_share)) as piece_unit_us,
            -- a stretch without evidence between busy ones does not break them apart, nor does it
            -- make a busy stretch by itself
            busy or tier = 'gap' as is_linked
        from estimated
        where piece_hour in {hours:Array(DateTime('UTC'))}
            and block_start_ms >= toInt64(toUnixTimestamp(tail_of(piece_hour))) * 1000
    )
select
    piece_hour,
    toDateTime(block_start_ms / 1000, 'UTC') as block,
    device_id,
    tenant_id,
    workload_id,
    argMax(chip, end_ms) as chip_last,
    argMax(accelerator, end_ms) as accelerator_last,
    argMax(node_id, end_ms) as node_last,
    argMax(fabric_id, end_ms) as fabric_last,
    argMax(site, end_ms) as site_last,
    argMax(region, end_ms) as region_last,
    argMax(declared_use, end_ms) as declared_last,
    argMax(device_count, end_ms) as count_last,
    max(end_ms) as last_end_ms,
    max(device_count > 1 or power_scope = 'node') as is_node_meter,
    min(piece_start_ms) as first_ms,
    max(piece_end_ms) as last_ms,
    minIf(piece_start_ms, busy) as first_busy_ms,
    maxIf(piece_end_ms, busy) as last_busy_ms,
    sum(piece_ms) as covered_ms,
    sum(piece_unit_us) as unit_us,
    sumIf(piece_unit_us, busy) as busy_us,
    sum(piece_mj) as mj,
    sum(piece_lo) as lo,
    sum(piece_mid) as mid,
    sum(piece_hi) as hi,
    sum(piece_powered) as powered,
    sumIf(piece_unit_us, tier in ('measured', 'T1')) as t1_us,
    sumIf(piece_unit_us, tier = 'T2') as t2_us,
    sumIf(piece_unit_us, tier = 'T3') as t3_us,
    sumIf(piece_unit_us, tier = 'T4') as t4_us,
    sumIf(piece_unit_us, tier = 'gap') as unmetered_us,
    sumIf(piece_unit_us, silent_zero) as silent_us,
    countIf(reset and is_first and toDateTime(intDiv(end_ms - 1, hour_ms) * 3600, 'UTC') = piece_hour) as resets,
    sum(toInt64(round(ifNull(coalesce(counter_tensor, tensor_active), 0) * 1e6)) * piece_ms) as tensor_micro_ms,
    countIf(coalesce(counter_tensor, tensor_active) is not null) as tensor_pieces,
    countIf(is_first) as samples,
    -- Pieces with no longer pause between them than one may be. Where all pauses together are no longer,
    -- the pieces are one stretch as they lie. Neighbours as shifted arrays: a lambda that captured the
    -- array would copy it per element.
    if((notEmpty(groupArrayIf(piece_start_ms, is_linked) as starts)
            and arrayMax(groupArrayIf(piece_end_ms, is_linked) as ends) - arrayMin(starts) - arraySum(ends) + arraySum(starts)
                <= {island_gap_s:Float64} * 1000) as is_one,
        [(arrayMin(starts), arrayMax(ends),
            arrayMin(groupArrayIf(if(busy, piece_start_ms, far_ms), is_linked) as busy_starts),
            arrayMax(groupArrayIf(if(busy, piece_end_ms, 0), is_linked) as busy_ends),
            arraySum(groupArrayIf(piece_unit_us, is_linked) as unit_list),
            arraySum(groupArrayIf(piece_mj, is_linked) as mj_list),
            arraySum(groupArrayIf(piece_lo, is_linked) as lo_list),
            arraySum(groupArrayIf(piece_mid, is_linked) as mid_list),
            arraySum(groupArrayIf(piece_hi, is_linked) as hi_list))],
        arrayMap(stretch -> (
                arrayMin(stretch.1), arrayMax(stretch.2), arrayMin(stretch.3), arrayMax(stretch.4), arraySum(stretch.5),
                arraySum(stretch.6), arraySum(stretch.7), arraySum(stretch.8), arraySum(stretch.9)),
            arraySplit((piece, is_break) -> is_break,
                if(is_one, [], arraySort(arrayZip(
                    starts, ends, busy_starts, busy_ends, unit_list, mj_list, lo_list, mid_list, hi_list))) as links,
                arrayMap((start, before) -> start - before > {island_gap_s:Float64} * 1000,
                    links.1, arrayPopBack(arrayPushFront(links.2, links.1[1])))))) as stretches,
    {build:UInt64} as build,
    0 as is_deleted
from pieces
group by piece_hour, block_start_ms, device_id, tenant_id, workload_id
