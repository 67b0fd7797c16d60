-- Runs of some tenants that overlap a window, largest first, with their segments.
-- params: tenants Array(String), start DateTime64(3), end DateTime64(3), run_id String ('' = any),
--         limit UInt32
-- rows:   the run; segments (start, end, devices, gang); total = runs before the limit
-- bound:  limit; final, because a rebuild replaces runs
select
    tenant_id, run_id, start, end, devices_max, device_s, energy_j, flop_lo, flop_mid, flop_hi, tier,
    arrayMap(piece -> piece.4, segments) as gang_ids,
    count() over () as total
from runs final
where has({tenants:Array(String)}, tenant_id)
    and start < {end:DateTime64(3, 'UTC')} and end > {start:DateTime64(3, 'UTC')}
    and ({run_id:String} = '' or run_id = {run_id:String})
order by flop_mid desc, run_id
limit {limit:UInt32}
