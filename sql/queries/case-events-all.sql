-- Case events in order, of one case or of all.
-- params: case_id String ('' = all), limit UInt32
-- rows:   the columns of an event; body is JSON
-- bound:  limit. final: an event appended twice is one; two different events of one number both show
select case_id, seq, group_id, at, actor, kind, body, prev_hash, hash
from case_events final
where {case_id:String} = '' or case_id = {case_id:String}
order by case_id, seq, hash
limit {limit:UInt32}
