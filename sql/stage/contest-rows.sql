-- Samples of a part beside what is stored under the same identities: of some hours of devices, or
-- all. As columns, because there may be as many as the part has. Instants in milliseconds.
-- params: everything UInt8, devices Array(String), hours Array(DateTime) (pairs, of one length)
-- rows:   one, of arrays of one length in order of arrival: rows, devices, hours, ends, starts,
--         counters, versions (decimal text), tenants, offsets, held_versions ('' where nothing is
--         stored), held_tenants, held_sources, held_offsets
-- bound:  the rows of a part. final: the winner of each identity. global: what is stored may lie on
--         other nodes, a stage is on one
with contested as
(
    select row, hour, device_id, time, interval_s, mma_cycles_total, energy_total_j, version, tenant_id, source_offset
    from staged
    where {everything:UInt8} or (device_id, hour) in (
        select arrayJoin(arrayZip({devices:Array(String)}, {hours:Array(DateTime('UTC'))})))
)
select
    groupArray(row) as rows,
    groupArray(device_id) as devices,
    groupArray(1000. * toUnixTimestamp(hour)) as hours,
    groupArray(end_ms) as ends,
    groupArray(start_ms) as starts,
    groupArray(counters) as counters,
    groupArray(version) as versions,
    groupArray(tenant_id) as tenants,
    groupArray(offset) as offsets,
    groupArray(held_version) as held_versions,
    groupArray(held_tenant_id) as held_tenants,
    groupArray(held_source) as held_sources,
    groupArray(held_offset) as held_offsets
from
(
    select
        contested.row as row,
        contested.hour as hour,
        contested.device_id as device_id,
        toFloat64(toUnixTimestamp64Milli(contested.time)) as end_ms,
        end_ms - ceil(contested.interval_s * 1000) as start_ms,
        isNotNull(contested.mma_cycles_total) or isNotNull(contested.energy_total_j) as counters,
        toString(contested.version) as version,
        contested.tenant_id as tenant_id,
        toFloat64(contested.source_offset) as offset,
        if(held.is_held, toString(held.version), '') as held_version,
        held.tenant_id as held_tenant_id,
        held.source as held_source,
        toFloat64(held.source_offset) as held_offset
    from contested
    left join
    (
        select hour, device_id, time, version, tenant_id, source, source_offset, 1 as is_held
        from samples final
        where (hour, device_id, time) global in (select hour, device_id, time from contested)
    ) as held
        on contested.hour = held.hour and contested.device_id = held.device_id and contested.time = held.time
    order by contested.row
)
