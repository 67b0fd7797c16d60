-- Which devices the gangs of some tenants held on some days.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3)
-- rows:   one per gang; devices are hashes
-- bound:  gangs of these tenants on days in [from, until)
select toString(tenant_id) as tenant_id, gang_id, end, arrayMap(device -> toString(device), devices) as devices
from gang_devices final
where tenant_id in {tenants:Array(String)}
  and day >= {from:DateTime64(3, 'UTC')} and day < {until:DateTime64(3, 'UTC')}
order by day, gang_id
