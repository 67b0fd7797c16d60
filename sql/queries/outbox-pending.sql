-- What was stored and not yet published to a sink, oldest first. Only what was stored since the
-- sink's low-water mark is looked at, on both sides: an index over the time of storing skips the
-- parts before it, so the cost follows what is new and not what there is.
-- params: sink, topic ('findings', 'cases' or 'reports'), limit UInt32
-- rows:   id, number (version or seq), hash, key, stored_at (text to the microsecond); pending (all
--         that waits, beyond the limit too), oldest (when the first of it was stored). Case events
--         of branches that lost are among them until the mark has passed them
-- bound:  limit; one row per key, whichever content of it is read
with
    (
        select max(until) from published_until
        where sink = {sink:String} and topic = {topic:String}
    ) as since,
    stored as
    (
        select finding_id as id, version as number, '' as hash,
            concat(finding_id, '@', toString(version)) as key, stored_at
        from findings
        where {topic:String} = 'findings' and stored_at >= since
        union all
        select case_id, seq, hash, concat(case_id, '@', toString(seq), '-', substring(hash, 1, 12)), stored_at
        from case_events
        where {topic:String} = 'cases' and stored_at >= since
        union all
        select report_id, version, content_hash, report_id, stored_at
        from reports
        where {topic:String} = 'reports' and stored_at >= since
    )
select
    id,
    number,
    hash,
    key,
    toString(stored.stored_at) as stored_at,
    count() over () as pending,
    min(stored.stored_at) over () as oldest
from
(
    select id, number, hash, key, stored_at
    from stored
    where key not in
    (
        select key from published
        where sink = {sink:String} and topic = {topic:String} and stored_at >= since
    )
    order by stored_at
    limit 1 by key
) as stored
order by stored.stored_at, id, number
limit {limit:UInt32}
