-- How many blocks each hour is stored in, to pack hours into statements of bounded size.
-- params: hours Array(DateTime)
-- rows:   hour, rows
-- bound:  one row per hour asked for
select hour, count() as rows
from device_blocks
where hour in {hours:Array(DateTime('UTC'))}
group by hour
order by hour
