-- Tombstones for blocks that the last rebuild of their hour's tail no longer found. Runs after
-- device-blocks-rebuild with the same build.
-- The stored build is named in full: bare, the word would mean the new one of the select list.
-- params: hours Array(DateTime), tails Array(DateTime) (one for each hour), scope UInt64
--         (0: everybody); build UInt64
-- bound:  the blocks of these hours
insert into device_blocks
select * replace ({build:UInt64} as build, 1 as is_deleted)
from device_blocks final
where hour in {hours:Array(DateTime('UTC'))}
  and block >= transform(hour, {hours:Array(DateTime('UTC'))},
      {tails:Array(DateTime('UTC'))}, hour)
  and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
  and device_blocks.build < {build:UInt64}
