-- What a report rests on: the batches that rows of some tenants in a period came in with, and a
-- digest of those rows that changes when any of them does.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   stream, batch_id, rows, digest (decimal text, sum of row hashes modulo 2^64), first, last
--         (times of rows), source, source_hash, received_at
-- bound:  limit; one scan of the tenants' period per stream. final: what counts once is hashed once
with
    part as
    (
        select
            'telemetry.accelerator' as stream,
            toString(samples.batch_id) as batch_id,
            count() as rows,
            toString(sum(cityHash64(device_id, time, version))) as digest,
            min(time) as first,
            max(time) as last
        from samples final
        where tenant_id in {tenants:Array(String)}
            and hour >= toStartOfHour({from:DateTime64(3, 'UTC')}) and hour < {until:DateTime64(3, 'UTC')}
        group by batch_id
        union all
        select
            'telemetry.billing' as stream,
            toString(charges.batch_id) as batch_id,
            count() as rows,
            toString(sum(cityHash64(charge_id, version))) as digest,
            min(charges.start) as first,
            max(charges.end) as last
        from charges final
        where tenant_id in {tenants:Array(String)}
            and charges.start < {until:DateTime64(3, 'UTC')} and charges.end > {from:DateTime64(3, 'UTC')}
        group by batch_id
        union all
        select
            'telemetry.commitment' as stream,
            toString(commitments.batch_id) as batch_id,
            count() as rows,
            toString(sum(cityHash64(commitment_id, revision, recorded_at, content_hash))) as digest,
            min(commitments.recorded_at) as first,
            max(commitments.recorded_at) as last
        from commitments final
        where tenant_id in {tenants:Array(String)}
        group by batch_id
    )
select
    part.stream as stream,
    part.batch_id as batch_id,
    part.rows as rows,
    part.digest as digest,
    part.first as first,
    part.last as last,
    ledger.source as source,
    ledger.source_hash as source_hash,
    ledger.received_at as received_at
from part
left join (select batch_id, source, source_hash, received_at from deliveries) as ledger
    on part.batch_id = ledger.batch_id
order by stream, batch_id
limit {limit:UInt32}
