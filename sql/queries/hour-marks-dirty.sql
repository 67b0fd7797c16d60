-- Hours that must be rebuilt: some batch touched them and the meter has not yet answered for it.
-- params: until DateTime64(3), limit UInt32
-- rows:   hour, batches Array(String), open UInt64 (marks whose batch has not been stored yet)
-- bound:  limit
select hour, groupArray(batch_id) as batches, countIf(state = 0) as open
from hour_marks final
where state < 2 and hour < {until:DateTime64(3)}
group by hour
order by hour
limit {limit:UInt32}
