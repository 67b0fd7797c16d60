-- What was not taken in, newest first, a page at a time. final: a record sent again is one row.
-- params: from, until DateTime64(3); stream, reason String ('' for all); limit UInt32; and the
--         last row of the page before: after_at DateTime64(3), after_id String
-- rows:   quarantine_id, stream, reason, detail, raw_base64 (its first 4 KiB), raw_bytes UInt64,
--         source, position, batch_id, received_at
-- bound:  limit
select
    quarantine_id,
    stream,
    reason,
    detail,
    substring(quarantine.raw_base64, 1, 5464) as raw_base64,
    intDiv(length(quarantine.raw_base64) * 3, 4) - countSubstrings(substring(quarantine.raw_base64, -2), '=') as raw_bytes,
    source,
    position,
    batch_id,
    quarantine.received_at as received_at
from quarantine final
where quarantine.received_at >= {from:DateTime64(3, 'UTC')}
  and quarantine.received_at < {until:DateTime64(3, 'UTC')}
  and (quarantine.received_at, quarantine_id) < ({after_at:DateTime64(3, 'UTC')}, {after_id:String})
  and ({stream:String} = '' or stream = {stream:String})
  and ({reason:String} = '' or reason = {reason:String})
order by received_at desc, quarantine_id desc
limit {limit:UInt32}
