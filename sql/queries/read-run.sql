-- One run with its segments.
-- params: run_id String
-- rows:   the columns of a run; segments as tuples of start, end, devices, gang id, link probability
-- bound:  one row. final: runs are rebuilt
select
    tenant_id,
    run_id,
    start,
    end,
    chips,
    fabrics,
    sites,
    workloads,
    devices_max,
    device_s,
    energy_j,
    flop_lo,
    flop_mid,
    flop_hi,
    tier,
    segments
from runs final
where run_id = {run_id:String}
limit 1
