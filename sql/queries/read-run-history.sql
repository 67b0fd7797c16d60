-- What became of a run id that a rebuild took back, newest first.
-- params: run_id String, limit UInt32
-- rows:   change, successor ('' = none), at
-- bound:  limit. final: the same change told twice is one
select change, successor, at
from run_history final
where run_id = {run_id:String}
order by at desc, successor
limit {limit:UInt32}
