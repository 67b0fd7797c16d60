-- Case events in order, of some cases or of all, void ones included.
-- params: cases Array(String) (empty = all), limit UInt32
-- rows:   the columns of an event; body is JSON, stored_at text to the microsecond
-- bound:  limit. final: an event appended twice is one; two different events of one number both show
select case_id, seq, group_id, at, actor, kind, body, prev_hash, hash, toString(stored_at) as stored_at
from case_events final
where empty({cases:Array(String)}) or case_id in {cases:Array(String)}
order by case_id, seq, hash
limit {limit:UInt32}
