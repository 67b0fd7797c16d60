-- Gangs by id: the stretches of synchronous work that a run is chained from.
-- params: tenants Array(String), gang_ids Array(String)
-- rows:   the gang
-- bound:  the ids; final, because a rebuild replaces gangs
select gang_id, start, end, devices, chip, fabric_id, site, device_s, flop_lo, flop_mid, flop_hi, tier
from day_gangs final
where has({tenants:Array(String)}, tenant_id) and has({gang_ids:Array(String)}, gang_id)
order by start, gang_id
