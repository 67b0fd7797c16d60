-- Of the contested samples those that need no settling: they occur once, and nothing is stored
-- under their identity. By device, hour and whether they are newer than what was known.
-- params: none
-- rows:   hour (milliseconds), is_new, start, first_end, counter_end or null, device_id, rows
-- bound:  one row per contested hour of a device, and two where it is partly new
select
    device_id,
    1000. * toUnixTimestamp(met.hour) as hour,
    is_new,
    count() as rows,
    min(start_ms) as start,
    min(end_ms) as first_end,
    minOrNullIf(end_ms, counters) as counter_end
from met
where copies = 1 and not is_held
group by device_id, met.hour, is_new
