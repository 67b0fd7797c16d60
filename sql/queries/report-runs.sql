-- Runs of some tenants that touch a period, largest first.
-- params: tenants Array(String), from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   the columns of a run; segments as tuples (start, end, devices, gang, link probability)
-- bound:  limit. final: runs are rebuilt
select
    tenant_id,
    run_id,
    runs.start as start,
    runs.end as end,
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
where tenant_id in {tenants:Array(String)}
    and runs.start < {until:DateTime64(3, 'UTC')} and runs.end > {from:DateTime64(3, 'UTC')}
order by flop_mid desc, run_id
limit {limit:UInt32}
