-- Runs by the operations that they may hold, largest first, for people and for `detect --json`.
-- params: limit UInt32
-- rows:   one per run with its segments (start, end, devices, gang, link probability)
-- bound:  limit
select
    tenant_id, run_id, start, end, chips, fabrics, sites, workloads, devices_max, device_s, energy_j,
    flop_lo, flop_mid, flop_hi, tier, segments
from runs final
order by flop_hi desc, run_id
limit {limit:UInt32}
