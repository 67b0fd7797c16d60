-- The marks of some dirty hours one by one, with the tenants that each speaks of.
-- params: hours Array(DateTime)
-- rows:   hour, batch_id, is_stored, since, at, tenants Array(String), devices Array(UInt32) (of each)
-- bound:  the marks of these hours that are not done
select hour, batch_id, state = 1 as is_stored, hour_marks.since as since, at, tenants, devices
from hour_marks final
where state < 2 and hour in {hours:Array(DateTime('UTC'))}
order by hour, batch_id
