-- Takes in devices on nodes with a meter on which some of the scope are: what the meter of a node stands
-- for depends on all that report there.
-- params: scope UInt64, hours Array(DateTime)
-- bound:  the devices of these nodes. Without final this names some in vain
insert into scope_devices
select distinct device_id, {scope:UInt64}
from device_blocks
where hour in {hours:Array(DateTime('UTC'))}
  and node_id in
  (
      select node_id
      from device_blocks
      where hour in {hours:Array(DateTime('UTC'))} and node_id != ''
      group by node_id
      having max(is_node_meter)
          and max(device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
  )
