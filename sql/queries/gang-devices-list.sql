-- Which devices the gangs of one tenant held on some days.
-- params: tenant_id, from DateTime64(3), until DateTime64(3)
-- rows:   one per gang; devices are hashes
-- bound:  gangs of this tenant on days in [from, until)
select gang_id, end, arrayMap(device -> toString(device), devices) as devices
from gang_devices final
where tenant_id = {tenant_id:String}
  and day >= {from:DateTime64(3, 'UTC')} and day < {until:DateTime64(3, 'UTC')}
order by day, gang_id
