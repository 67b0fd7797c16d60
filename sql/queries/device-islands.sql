-- Busy islands of the devices of some tenants, day by day: stretches of work with no pause longer
-- than idle_gap_s, cut at midnight UTC. Job ids are told and play no part.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), idle_gap_s Float64
-- rows:   one per tenant, day, device and island; day, start, end in milliseconds since 1970;
--         follows_unseen: no sample tells of the pause before it, which is of up to two samples, or up
--         to six within an hour; others that worked with it tell whether it rested; units (devices
--         behind the meter); device_key and node_key are hashes; cuts counts pauses, and half for a
--         start and an end other than midnight; tensor_device_s is the part of device_s in which
--         tensor_s, seconds of full tensor activity, was measured. In no order: putting so many wide
--         rows in one takes as long as all else
-- bound:  device-hours of these tenants in [from, until). Arrays by device and day, because windows
--         over the same rows take twice the CPU
with
    device_days as
    (
        select
            tenant_id, toStartOfDay(hour) as day, chip, fabric_id, device_id,
            max(covered_s / greatest(samples, 1)) as length_s,
            max(device_count) as units,
            sumMap([toUnixTimestamp(hour)], [covered_s]) as covered,
            arraySort(groupArrayArray(arrayMap(island -> (
                    toUnixTimestamp64Milli(island.1) as start_ms,
                    toUnixTimestamp64Milli(island.2) as end_ms,
                    toString(workload_id) as workload,
                    toUnixTimestamp(hour) as hour_s,
                    if(node_id = '', device_id, toString(node_id)) as node,
                    toString(site) as place,
                    main_tier as tier,
                    -- activity while busy: the mean of the hour is spread over what it was busy for,
                    -- so that an hour half idle does not look half as active
                    ifNull(tensor_mean, 0) * greatest(1, ifNotFinite(covered_s * device_count / busy_device_s, 1)) as tensor,
                    tensor_mean is not null as has_tensor,
                    island.3 as device_s, island.4 as joules, island.5 as lo, island.6 as mid, island.7 as hi),
                islands))) as pieces
        from
        (
            select *, arrayReverseSort([(t1_s, 'T1'), (t2_s, 'T2'), (t3_s, 'T3'), (t4_s, 'T4'), (unmetered_s, 'T5')])[1].2 as main_tier
            from device_hours final
            where tenant_id in {tenants:Array(String)}
              and hour >= toDateTime({from:DateTime64(3, 'UTC')}, 'UTC')
              and hour < toDateTime({until:DateTime64(3, 'UTC')} + toIntervalMillisecond(999), 'UTC')
        )
        group by tenant_id, day, chip, fabric_id, device_id
        having notEmpty(pieces)
    ),
    parted as
    (
        select
            * except (covered, pieces),
            pieces.1 as starts_ms,
            -- the latest end so far, before each piece
            arrayPopBack(arrayPushFront(
                arrayReduceInRanges('max', arrayMap(count -> (1, count), arrayEnumerate(pieces)), pieces.2),
                starts_ms[1])) as busy_until_ms,
            arrayMap(hour_s -> indexOf(covered.1, hour_s), pieces.4) as places,
            -- seconds that no sample covers, from midnight to the end of the piece's hour; to its begin
            arrayMap((at, total) -> at + 3600 - toUnixTimestamp(day) - total, covered.1, arrayCumSum(covered.2)) as missing,
            arrayMap(at -> missing[at], places) as missing_s,
            arrayMap(at -> missing[at] - 3600 + covered.2[at], places) as missing_before_s,
            arrayMap((start_ms, until_ms) -> (start_ms - until_ms) / 1000, starts_ms, busy_until_ms) as pauses_s,
            arrayMap((after, before) -> after - before, missing_s,
                arrayPopBack(arrayPushFront(missing_before_s, missing_s[1]))) as unseen_s,
            arrayMap(pause_s -> pause_s > {idle_gap_s:Float64}, pauses_s) as breaks,
            arrayMap((pause_s, unseen, is_break) -> is_break and pause_s <= greatest(2.5 * length_s, least(6.5 * length_s, 3600))
                    and unseen >= 0.9 * pause_s, pauses_s, unseen_s, breaks) as unseen_breaks,
            arrayMap((pause_s, unseen, is_break) -> not is_break and pause_s > 0 and unseen < 0.9 * pause_s,
                pauses_s, unseen_s, breaks) as cuts,
            arrayJoin(arraySplit((piece, is_break) -> is_break, arrayZip(pieces, cuts, unseen_breaks), breaks)) as island,
            island.1 as own
        from device_days
    )
select
    toString(tenant_id) as tenant_id,
    toFloat64(toUnixTimestamp(day)) * 1000 as day,
    toString(chip) as chip,
    toString(fabric_id) as fabric_id,
    device_id,
    toString(cityHash64(device_id)) as device_key,
    toFloat64(arrayMin(own.1) as first_ms) as start,
    toFloat64(arrayMax(own.2) as last_ms) as end,
    island.3[1] as follows_unseen,
    units,
    toString(cityHash64(own.5[1])) as node_key,
    own.6[1] as site,
    arraySlice(arraySort(arrayDistinct(arrayFilter(workload -> workload != '', own.3))), 1, 100) as workloads,
    length_s as sample_s,
    arrayCount(island.2) + (first_ms != toUnixTimestamp(day) * 1000) / 2
        + (last_ms != (toUnixTimestamp(day) + 86400) * 1000) / 2 as cuts,
    arraySum(arrayMap(seconds -> toInt64(round(seconds * 1000)), own.10)) / 1000 as device_s,
    toFloat64(arraySum(arrayMap(joules -> toInt64(round(joules)), own.11))) as energy_j,
    toFloat64(arraySum(arrayMap(operations -> toInt128(round(operations)), own.12))) as flop_lo,
    toFloat64(arraySum(arrayMap(operations -> toInt128(round(operations)), own.13))) as flop_mid,
    toFloat64(arraySum(arrayMap(operations -> toInt128(round(operations)), own.14))) as flop_hi,
    arrayReverseSort(arrayZip(own.10, own.7))[1].2 as tier,
    arraySum(arrayMap((share, seconds) -> toInt64(round(share * seconds * 1000)), own.8, own.10)) / 1000 as tensor_s,
    arraySum(arrayMap((seconds, has) -> has * toInt64(round(seconds * 1000)), own.10, own.9)) / 1000 as tensor_device_s
from parted
