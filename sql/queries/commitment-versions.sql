-- The stored revisions of some commitments.
-- params: ids Array(String)
-- rows:   commitment_id, revision, recorded_at, content_hash (decimal text)
-- bound:  the revisions of these commitments
select commitment_id, revision, commitments.recorded_at as recorded_at, toString(content_hash) as content_hash
from commitments final
where commitment_id in {ids:Array(String)}
