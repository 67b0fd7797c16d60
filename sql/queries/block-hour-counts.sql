-- How many blocks each hour is stored in, to pack hours into statements of bounded size.
-- params: hours Array(DateTime), scope UInt64 (0: everybody)
-- rows:   hour, rows
-- bound:  one row per hour asked for
select hour, count() as rows
from device_blocks
where hour in {hours:Array(DateTime('UTC'))}
  and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
group by hour
order by hour
