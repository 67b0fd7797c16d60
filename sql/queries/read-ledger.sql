-- The ledger by stream for deliveries of a window: consumed = accepted + duplicates + quarantined.
-- params: from DateTime64(3), until DateTime64(3)
-- rows:   stream, batches, consumed, accepted, revised, duplicates, conflicts, quarantined, bytes,
--         last_at
-- bound:  one row per stream
select
    toString(stream) as stream,
    count() as batches,
    sum(batch.consumed) as consumed,
    sum(batch.accepted) as accepted,
    sum(batch.revised) as revised,
    sum(batch.duplicates) as duplicates,
    sum(batch.conflicts) as conflicts,
    sum(batch.quarantined) as quarantined,
    sum(batch.bytes) as bytes,
    max(received_at) as last_at
from deliveries as batch
where received_at >= {from:DateTime64(3, 'UTC')} and received_at < {until:DateTime64(3, 'UTC')}
group by stream
order by stream
