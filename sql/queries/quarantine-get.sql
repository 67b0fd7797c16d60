-- One record that was not taken in, with all of its bytes that were kept.
-- params: id String
-- rows:   quarantine_id, stream, reason, detail, raw_base64, source, position, batch_id, received_at
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
    quarantine.received_at as received_at
from quarantine final
where quarantine_id = {id:String}
order by received_at desc
limit 1
