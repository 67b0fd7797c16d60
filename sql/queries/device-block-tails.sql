-- Where the rebuilding of an hour may begin that changed from some instant on: at the last stored block
-- that does not begin after it, or at an earlier one that reaches beyond the begin of that: devices that
-- were rebuilt at different times may lie in blocks of different lengths, and none may be cut in two.
-- An hour without such a block is not in the answer.
-- params: hours Array(DateTime), sinces Array(DateTime) (one for each hour), scope UInt64
--         (0: everybody)
-- rows:   hour, tail, blocks (different ones that the hour is stored in)
-- bound:  the keys and ends of the blocks of these hours. final: blocks that were buried are none
select
    hour,
    maxIf(block, block <= since) as newest,
    arrayMin(arrayPushBack(
        arrayFilter((begin, end_ms) -> begin < newest and end_ms > toUnixTimestamp(newest) * 1000,
            groupArray(block), groupArray(last_end_ms)), newest)) as tail,
    count() as blocks
from
(
    select
        hour, block, max(last_ms) as last_end_ms,
        transform(hour, {hours:Array(DateTime('UTC'))}, {sinces:Array(DateTime('UTC'))}, hour) as since
    from device_blocks final
    where hour in {hours:Array(DateTime('UTC'))}
      and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
    group by hour, block
)
group by hour
order by hour
