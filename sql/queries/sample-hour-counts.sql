-- How many samples of each hour end after an instant, to pack hours into statements of bounded size.
-- params: hours Array(DateTime), tails Array(DateTime) (one for each hour), scope UInt64
--         (0: everybody)
-- rows:   hour, rows
-- bound:  one row per hour asked for
select hour, count() as rows
from samples
where hour in {hours:Array(DateTime('UTC'))}
  and time > transform(hour, {hours:Array(DateTime('UTC'))},
      {tails:Array(DateTime('UTC'))}, hour)
  and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
group by hour
order by hour
