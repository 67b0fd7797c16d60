-- The stored statements about some subjects, without their bodies.
-- params: kinds Array(String), ids Array(String)
-- rows:   kind, id, valid_from, recorded_at, content_hash (decimal text)
-- bound:  the statements about these subjects
select
    kind,
    id,
    identity_records.valid_from as valid_from,
    identity_records.recorded_at as recorded_at,
    toString(content_hash) as content_hash
from identity_records final
where kind in {kinds:Array(String)} and id in {ids:Array(String)}
order by kind, id, valid_from, recorded_at, content_hash
