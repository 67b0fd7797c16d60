-- A part by device and hour, as columns: enough to tell without a look-up what is surely new, and
-- which hours it changes. Instants in milliseconds since 1970.
-- params: none
-- rows:   one, of arrays of one length: devices, hours, tenants (arrays), first_rows and last_rows (of
--         the part), rows, distinct (ends of intervals), starts (the earliest), first_ends,
--         last_ends, counter_ends and last_counter_ends (the first and the last with counters, null:
--         none)
-- bound:  the rows of a part
select
    groupArray(device_id) as devices,
    groupArray(1000. * toUnixTimestamp(hour)) as hours,
    groupArray(tenants) as tenants,
    groupArray(first_row) as first_rows,
    groupArray(last_row) as last_rows,
    groupArray(toFloat64(rows)) as rows,
    groupArray(toFloat64(distinct_ends)) as distinct,
    groupArray(start) as starts,
    groupArray(first_end) as first_ends,
    groupArray(last_end) as last_ends,
    groupArray(ifNull(counter_end, inf)) as counter_ends,
    groupArray(ifNull(last_counter_end, inf)) as last_counter_ends
from
(
    select
        device_id,
        hour,
        groupUniqArray(tenant_id) as tenants,
        min(row) as first_row,
        max(row) as last_row,
        count() as rows,
        uniqExact(time) as distinct_ends,
        min(end_ms - ceil(interval_s * 1000)) as start,
        min(toFloat64(toUnixTimestamp64Milli(time)) as end_ms) as first_end,
        max(end_ms) as last_end,
        minOrNullIf(end_ms, isNotNull(mma_cycles_total) or isNotNull(energy_total_j)) as counter_end,
        maxOrNullIf(end_ms, isNotNull(mma_cycles_total) or isNotNull(energy_total_j)) as last_counter_end
    from staged
    group by device_id, hour
)
