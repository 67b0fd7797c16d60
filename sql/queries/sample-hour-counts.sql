-- How many samples of each hour end after an instant, to pack hours into statements of bounded size.
-- params: hours Array(DateTime), tails Array(DateTime) (one for each hour)
-- rows:   hour, rows
-- bound:  one row per hour asked for
select hour, count() as rows
from samples
where hour in {hours:Array(DateTime('UTC'))}
  and time > toDateTime(transform(toUInt32(hour), arrayMap(at -> toUInt32(at), {hours:Array(DateTime('UTC'))}),
      arrayMap(at -> toUInt32(at), {tails:Array(DateTime('UTC'))}), toUInt32(hour)), 'UTC')
group by hour
order by hour
