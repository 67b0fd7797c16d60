-- What telemetry shows of the devices of one run: the features that tell kinds of work apart.
-- Hours in which the run worked most of the time count; traffic and pipes are read from samples of a
-- few of the devices.
-- params: tenant_id, run_id String; from, until DateTime64(3), full hours; devices_max UInt32,
--         sampled_max UInt32; version String of the reference data
-- rows:   one; a figure is null where no meter reports what it is made from. Means are over busy
--         time, 0..1; *_variation and device_spread are deviations over means; bytes are per device
--         and second, both ways together; a write is a burst of ten minutes, a tenth of a gigabyte a
--         device or more
-- bound:  device-hours of devices_max devices and samples of sampled_max devices in [from, until)
with
    gang_of_run as
    (
        select gang_id
        from day_gangs final
        where tenant_id = {tenant_id:String} and run_id = {run_id:String}
          and start < {until:DateTime64(3, 'UTC')} and end > {from:DateTime64(3, 'UTC')}
    ),
    members as
    (
        select distinct arrayJoin(devices) as device_key
        from gang_devices final
        where tenant_id = {tenant_id:String} and gang_id in (select gang_id from gang_of_run)
        order by device_key
        limit {devices_max:UInt32}
    ),
    device_hour as
    (
        select *
        from device_hours final
        where tenant_id = {tenant_id:String}
          and hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
          and cityHash64(device_id) in (select device_key from members)
    ),
    hourly as
    (
        select
            hour,
            sum(busy_device_s) as busy_s,
            sum(device_s) as all_s,
            avg(tensor_mean) as tensor,
            -- one meter of many devices shows no spread between them
            if(count(tensor_mean) > 1 and tensor > 0, stddevPop(tensor_mean) / tensor,
                if(count() > 1 and sum(energy_j) > 0, stddevPop(energy_j / device_s) / avg(energy_j / device_s), null)) as spread,
            if(sum(energy_j) > 0, sum(energy_j) / sum(device_s), null) as watts,
            any(chip) as of_chip
        from device_hour
        where device_s > 0
        group by hour
    ),
    busy_hour as (select * from hourly where busy_s >= 0.9 * all_s),
    day_hour as
    (
        select toHour(hour) as of_day, avg(ifNull(watts, tensor)) as level
        from busy_hour
        group by of_day
    ),
    sampled as
    (
        select
            time, device_count * slice as units, interval_s * units as unit_s, tensor_active, sm_active, dram_active, fp64_active,
            ifNull(nvlink_tx_bytes, 0) + ifNull(nvlink_rx_bytes, 0) as nvlink_bytes,
            ifNull(net_tx_bytes, 0) as net_out, ifNull(net_rx_bytes, 0) as net_in, ifNull(storage_write_bytes, 0) as written,
            nvlink_tx_bytes is not null as is_linked, net_tx_bytes is not null as is_networked, storage_write_bytes is not null as is_writing
        from samples final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
          and device_id in (select distinct device_id from device_hour order by device_id limit {sampled_max:UInt32})
          and tenant_id = {tenant_id:String}
          and greatest(ifNull(tensor_active, 0), ifNull(fp64_active, 0), ifNull(gpu_util, 0)) > 0.02
    ),
    -- a meter may leave out what is zero; what it never reports was not measured
    writes as
    (
        select arraySort(groupArray((at, bytes))) as bursts
        from
        (
            select toInt64(toUnixTimestamp(toStartOfInterval(time, toIntervalMinute(10)))) as at, sum(written) as bytes
            from sampled
            group by at
        )
        where bytes >= 1e8 * (select max(all_units) from (select sum(units) as all_units from sampled group by time))
    ),
    rhythm as
    (
        select
            bursts.2 as sizes,
            arrayMap((later, earlier) -> later - earlier, arrayPopFront(bursts.1), arrayPopBack(bursts.1)) as intervals,
            length(bursts) as burst_count
        from writes
    )
select
    toFloat64((select avg(tensor) from busy_hour)) as tensor_mean,
    toFloat64((select sum(tensor_active * unit_s) / sumIf(sm_active * unit_s, tensor_active is not null) from sampled)) as tensor_of_sm,
    toFloat64((select sum(dram_active * unit_s) / sumIf(unit_s, dram_active is not null) - sum(tensor_active * unit_s) / sumIf(unit_s, tensor_active is not null) from sampled)) as memory_over_tensor,
    toFloat64((select sum(fp64_active * unit_s) / sum(unit_s) from sampled)) as fp64_mean,
    toFloat64((select avg(watts) / any(tdp_w) from busy_hour inner join (select chip, tdp_w from chips final where version = {version:String}) as c on busy_hour.of_chip = c.chip)) as power_share,
    toFloat64((select stddevPop(watts) / avg(watts) from busy_hour)) as power_variation,
    toFloat64((select quantileExact(0.5)(spread) from busy_hour)) as device_spread,
    toFloat64((select if(count() >= 20, (quantileExact(0.9)(level) - quantileExact(0.1)(level)) / 2 / quantileExact(0.5)(level), null) from day_hour)) as diurnal_amplitude,
    toFloat64((select sum(busy_s) / sum(all_s) from hourly)) as duty,
    toFloat64((select if(max(is_linked), sum(nvlink_bytes) / sum(unit_s), null) from sampled)) as nvlink_bytes_per_s,
    toFloat64((select if(max(is_networked), sum(net_out + net_in) / sum(unit_s), null) from sampled)) as net_bytes_per_s,
    toFloat64((select least(sum(net_out), sum(net_in)) / greatest(sum(net_out), sum(net_in)) from sampled)) as net_symmetry,
    toFloat64((select if((select max(is_writing) from sampled), burst_count / greatest(dateDiff('hour', {from:DateTime64(3, 'UTC')}, {until:DateTime64(3, 'UTC')}) / 24, 1 / 24), null) from rhythm)) as writes_per_day,
    toFloat64((select if(length(intervals) > 1, arrayReduce('stddevPop', intervals) / arrayAvg(intervals), null) from rhythm)) as write_interval_variation,
    toFloat64((select if(length(sizes) > 1, arrayReduce('stddevPop', sizes) / arrayAvg(sizes), null) from rhythm)) as write_size_variation
