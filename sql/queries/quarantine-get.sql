-- One record that was not taken in, with all of its bytes that were kept.
-- params: id String
-- rows:   quarantine_id, stream, reason, detail, raw_base64, source, position, batch_id, received_at, replayed_at (null: never taken in)
-- bound:  one row. The newest, should its month of arrival differ from that of a copy
select
    quarantine_id,
    stream,
    reason,
    detail,
    raw_base64,
    source,
    position,
    batch_id,
    quarantine.received_at as received_at,
    if(replayed_id = '', null, replayed) as replayed_at
from quarantine final
left join (select quarantine_id as replayed_id, max(at) as replayed from quarantine_replays group by quarantine_id) as again
    on again.replayed_id = quarantine.quarantine_id
where quarantine_id = {id:String}
order by received_at desc
limit 1
