-- Devices of which some tenants sent samples that end after an instant: what a rebuild of their hours is
-- about.
-- params: scope UInt64, tenants Array(String), hours Array(DateTime), sinces Array(DateTime) (one for
--         each hour)
-- bound:  the devices of these tenants. Without final: what was replaced is looked at once more
insert into scope_devices
select distinct device_id, {scope:UInt64}
from samples
prewhere hour in {hours:Array(DateTime('UTC'))} and tenant_id in {tenants:Array(String)}
where time > transform(hour, {hours:Array(DateTime('UTC'))}, {sinces:Array(DateTime('UTC'))}, hour)
