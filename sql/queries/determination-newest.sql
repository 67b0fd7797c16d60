-- The newest determination of each of some findings.
-- params: findings Array(String)
-- rows:   the columns of a determination; body is JSON
-- bound:  one row per finding named
select
    finding_id,
    finding_version,
    group_id,
    status,
    basis,
    use_time,
    known_at,
    identity_hash,
    determined_at,
    body
from determinations final
where finding_id in {findings:Array(String)}
order by finding_id, determined_at desc, finding_version desc, identity_hash
limit 1 by finding_id
