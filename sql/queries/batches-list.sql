-- The ledger of deliveries, newest first. final: the last part of a delivery carries its totals.
-- params: from, until DateTime64(3); limit UInt32
-- rows:   batch_id, stream, source, source_hash, received_at, part, consumed, accepted, revised,
--         duplicates, conflicts, quarantined, bytes, time_min, time_max
-- bound:  limit
select
    batch_id,
    stream,
    source,
    source_hash,
    batches.received_at as received_at,
    part,
    consumed,
    accepted,
    revised,
    duplicates,
    conflicts,
    quarantined,
    bytes,
    batches.time_min as time_min,
    batches.time_max as time_max
from batches final
where batches.received_at >= {from:DateTime64(3, 'UTC')}
  and batches.received_at < {until:DateTime64(3, 'UTC')}
order by received_at desc, batch_id
limit {limit:UInt32}
