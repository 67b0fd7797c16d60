-- Hours that must be rebuilt: some batch touched them and the meter has not yet answered for it.
-- An hour whose only marks are open is rebuilt too, but not answered for: rows may yet follow.
-- params: from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   hour, since (the earliest instant in it that may have changed), batches Array(String) that
--         are stored, opens Array(String) that are not
-- bound:  limit. Of all marks that there ever were only these few columns are read
select
    hour,
    min(hour_marks.since) as since,
    groupArrayIf(batch_id, state = 1) as batches,
    groupArrayIf(batch_id, state = 0) as opens
from hour_marks final
where state < 2 and hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
group by hour
order by hour
limit {limit:UInt32}
