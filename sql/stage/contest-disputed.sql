-- The contested samples that must be settled one by one: they repeat, or another content is stored.
-- params: none
-- rows:   row, device_id, hour, start, first_end, counters, is_new, version (decimal text),
--         tenant_id, offset, is_held, held_version, held_tenant_id, held_source, held_offset
-- bound:  the rows of a part; in order of arrival
select
    row,
    device_id,
    1000. * toUnixTimestamp(met.hour) as hour,
    start_ms as start,
    end_ms as first_end,
    counters,
    is_new,
    toString(version) as version,
    tenant_id,
    offset,
    is_held,
    toString(held_version) as held_version,
    held_tenant_id,
    held_source,
    held_offset
from met
where copies > 1 or (is_held and held_version != version)
order by row
