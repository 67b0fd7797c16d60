-- Identity statements that were known at an instant, whatever time they speak about.
-- params: known_at DateTime64(3), limit UInt32
-- rows:   kind, id, valid_from, valid_to, recorded_at, content_hash (decimal text), body (JSON)
-- bound:  limit; the caller refuses to go on when it is reached. final: a statement sent twice is one
select kind, id, valid_from, valid_to, recorded_at, toString(content_hash) as content_hash, body
from identity_records final
where recorded_at <= {known_at:DateTime64(3, 'UTC')}
order by kind, id, valid_from, recorded_at, content_hash
limit {limit:UInt32}
