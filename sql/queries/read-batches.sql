-- The ledger line by line, newest first.
-- params: from DateTime64(3), until DateTime64(3), after_at DateTime64(3), after_id String (of the last
--         line of the page before), limit UInt32
-- rows:   the columns of a batch
-- bound:  limit
select
    batch_id,
    stream,
    source,
    source_hash,
    received_at,
    consumed,
    accepted,
    revised,
    duplicates,
    conflicts,
    quarantined,
    bytes,
    time_min,
    time_max
from deliveries
where received_at >= {from:DateTime64(3, 'UTC')} and received_at < {until:DateTime64(3, 'UTC')}
    and (received_at, batch_id) < ({after_at:DateTime64(3, 'UTC')}, {after_id:String})
order by received_at desc, batch_id desc
limit {limit:UInt32}
