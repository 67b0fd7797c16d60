-- The contested samples of a part beside what is stored under the same identities.
-- params: none
-- bound:  the rows of a part. final: the winner of each identity
insert into met
select
    staged.row,
    staged.hour,
    staged.device_id,
    toFloat64(toUnixTimestamp64Milli(staged.time)) as end_ms,
    end_ms - ceil(staged.interval_s * 1000),
    isNotNull(staged.mma_cycles_total) or isNotNull(staged.energy_total_j),
    end_ms > contested.newest,
    staged.version,
    staged.tenant_id,
    staged.source_offset,
    count() over (partition by staged.hour, staged.device_id, staged.time),
    held.is_held,
    held.version,
    held.tenant_id,
    held.source,
    held.source_offset
from staged
inner join contested on staged.device_id = contested.device_id and staged.hour = contested.hour
left join
(
    select hour, device_id, time, version, tenant_id, source, source_offset, 1 as is_held
    from samples final
    where (hour, device_id, time) in (
        select hour, device_id, time from staged
        where (device_id, hour) in (select device_id, hour from contested))
) as held
    on staged.hour = held.hour and staged.device_id = held.device_id and staged.time = held.time
