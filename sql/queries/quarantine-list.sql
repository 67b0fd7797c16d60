-- What was not taken in, newest first, a page at a time. final: a record sent again is one row.
-- params: from, until DateTime64(3); stream, reason String ('' for all); limit UInt32; and the
--         last row of the page before: after_at DateTime64(3), after_id String; open_only Bool leaves
--         out what was taken in since
-- rows:   quarantine_id, stream, reason, detail, raw_base64 (its first 4 KiB), raw_bytes UInt64,
--         source, position, batch_id, received_at, replayed_at (null: never taken in)
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
    quarantine.received_at as received_at,
    if(replayed_id = '', null, replayed) as replayed_at
from quarantine final
left join (select quarantine_id as replayed_id, max(at) as replayed from quarantine_replays group by quarantine_id) as again
    on again.replayed_id = quarantine.quarantine_id
where quarantine.received_at >= {from:DateTime64(3, 'UTC')}
  and quarantine.received_at < {until:DateTime64(3, 'UTC')}
  and (quarantine.received_at, quarantine_id) < ({after_at:DateTime64(3, 'UTC')}, {after_id:String})
  and ({stream:String} = '' or stream = {stream:String})
  and ({reason:String} = '' or reason = {reason:String})
  and (not {open_only:Bool} or replayed_id = '')
order by received_at desc, quarantine_id desc
limit {limit:UInt32}
