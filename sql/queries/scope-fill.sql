-- Devices of which some tenants sent samples that end after an instant: what a rebuild of their hours is
-- about. Of a tenant in slices only those that fall in one of them, by another hash than shards are
-- cut by, so that a slice lies on all of them.
-- params: scope UInt64, tenants Array(String), slices and counts Array(UInt32) (for each tenant the slice,
--         from 0 on, and how many there are: 1 for all of it), hours Array(DateTime), sinces
--         Array(DateTime) (one for each hour)
-- bound:  the devices of these tenants. Without final: what was replaced is looked at once more
insert into scope_devices
select distinct device_id, {scope:UInt64}
from samples
prewhere hour in {hours:Array(DateTime('UTC'))} and tenant_id in {tenants:Array(String)}
where time > transform(hour, {hours:Array(DateTime('UTC'))}, {sinces:Array(DateTime('UTC'))}, hour)
  and sipHash64(device_id) % transform(toString(tenant_id), {tenants:Array(String)}, {counts:Array(UInt32)}, 1)
    = transform(toString(tenant_id), {tenants:Array(String)}, {slices:Array(UInt32)}, 0)
