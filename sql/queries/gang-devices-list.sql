-- Which devices the gangs of some tenants held on the day before an instant, and which gangs are stored
-- from then on, for those that a rebuild no longer finds.
-- params: tenants Array(String), from DateTime64(3), a midnight
-- rows:   one per gang; devices are hashes, and not told of gangs on or after `from`
-- bound:  gangs of these tenants on the day before `from` and later
select
    toString(tenant_id) as tenant_id, toDateTime64(gang_devices.day, 3, 'UTC') as day, gang_id, end,
    if(gang_devices.day < {from:DateTime64(3, 'UTC')}, arrayMap(device -> toString(device), devices), []) as devices
from gang_devices final
where tenant_id in {tenants:Array(String)}
  and gang_devices.day >= {from:DateTime64(3, 'UTC')} - toIntervalDay(1)
order by day, gang_id
