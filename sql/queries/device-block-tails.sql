-- Where the rebuilding of an hour may begin that changed from some instant on: at the last stored block
-- that does not begin after it. An hour without such a block is not in the answer.
-- params: hours Array(DateTime), sinces Array(DateTime) (one for each hour), scope UInt64
--         (0: everybody)
-- rows:   hour, tail, blocks (different ones that the hour is stored in)
-- bound:  the keys of the blocks of these hours. final: blocks that were buried are none
select
    hour,
    maxIf(block, block <= transform(hour, {hours:Array(DateTime('UTC'))},
      {sinces:Array(DateTime('UTC'))}, hour)) as tail,
    uniqExact(block) as blocks
from device_blocks final
where hour in {hours:Array(DateTime('UTC'))}
  and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
group by hour
order by hour
