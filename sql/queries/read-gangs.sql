-- The gangs behind the segments of a run, in order of time.
-- params: tenant_id String, gangs Array(String), limit UInt32
-- rows:   gang_id, start, end, devices, device_s, energy_j, flop_lo, flop_mid, flop_hi, tier,
--         tensor_mean, power_mean_w, chip, fabric_id
-- bound:  limit. final: gangs are rebuilt
select
    gang_id,
    start,
    end,
    devices,
    device_s,
    energy_j,
    flop_lo,
    flop_mid,
    flop_hi,
    tier,
    tensor_mean,
    power_mean_w,
    chip,
    fabric_id
from day_gangs final
where tenant_id = {tenant_id:String} and gang_id in {gangs:Array(String)}
order by start, gang_id
limit {limit:UInt32}
