-- What was not taken in, by stream and reason, for deliveries of a window.
-- params: from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   stream, reason, records, last_at, example (detail of the newest)
-- bound:  limit. final: a record quarantined twice is one
select
    toString(stream) as stream,
    toString(reason) as reason,
    count() as records,
    max(received_at) as last_at,
    argMax(detail, tuple(received_at, quarantine_id)) as example
from quarantine final
where received_at >= {from:DateTime64(3, 'UTC')} and received_at < {until:DateTime64(3, 'UTC')}
group by stream, reason
order by records desc, stream, reason
limit {limit:UInt32}
