-- The contested samples of a part beside what is stored under the same identities.
-- copies: rows of the part under that identity.
-- params: none
-- bound:  the rows of a part. final: the winner of each identity. global: what is stored may lie on
--         other nodes, a stage is on one
create or replace temporary table met engine = Memory as
select
    staged.row as row,
    staged.hour as hour,
    staged.device_id as device_id,
    toFloat64(toUnixTimestamp64Milli(staged.time)) as end_ms,
    end_ms - ceil(staged.interval_s * 1000) as start_ms,
    isNotNull(staged.mma_cycles_total) or isNotNull(staged.energy_total_j) as counters,
    end_ms > contested.newest as is_new,
    staged.version as version,
    toString(staged.tenant_id) as tenant_id,
    staged.source_offset as offset,
    count() over (partition by staged.hour, staged.device_id, staged.time) as copies,
    held.is_held as is_held,
    held.version as held_version,
    toString(held.tenant_id) as held_tenant_id,
    toString(held.source) as held_source,
    held.source_offset as held_offset
from staged
inner join contested on staged.device_id = contested.device_id and staged.hour = contested.hour
left join
(
    select hour, device_id, time, version, tenant_id, source, source_offset, 1 as is_held
    from samples final
    where (hour, device_id, time) global in (
        select hour, device_id, time from staged
        where (device_id, hour) in (select device_id, hour from contested))
) as held
    on staged.hour = held.hour and staged.device_id = held.device_id and staged.time = held.time
