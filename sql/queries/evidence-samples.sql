-- Samples of a window by tenant and the batch that brought them, with where the batch came from.
-- params: tenants Array(String), start DateTime64(3), end DateTime64(3), limit UInt32
-- rows:   tenant_id, batch_id, source, source_hash, samples, devices; total = rows before the limit
-- bound:  limit; samples in the window; final, because a sample may be stored twice until merged
with brought as
(
    select tenant_id, batch_id, count() as samples, uniqExact(device_id) as devices
    from samples final
    where hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) and hour < {end:DateTime64(3, 'UTC')}
        and has({tenants:Array(String)}, tenant_id)
    group by tenant_id, batch_id
)
select
    brought.tenant_id as tenant_id, brought.batch_id as batch_id, known.source as source,
    known.source_hash as source_hash, samples, devices, count() over () as total
from brought
left join (select batch_id, source, source_hash from deliveries) as known on brought.batch_id = known.batch_id
order by tenant_id, samples desc, batch_id
limit {limit:UInt32}
