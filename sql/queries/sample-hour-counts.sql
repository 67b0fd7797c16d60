-- How many samples of each hour end after an instant, to pack hours into statements of bounded size.
-- params: hours Array(DateTime), tails Array(DateTime) (one for each hour)
-- rows:   hour, rows
-- bound:  one row per hour asked for
select hour, count() as rows
from samples
where hour in {hours:Array(DateTime('UTC'))}
  and time > transform(hour, {hours:Array(DateTime('UTC'))},
      {tails:Array(DateTime('UTC'))}, hour)
group by hour
order by hour
