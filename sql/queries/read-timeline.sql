-- The largest runs of each tenant in a window, with when they were busy: the picture of a fleet.
-- params: from DateTime64(3), until DateTime64(3), tenants Array(String) (empty = all),
--         runs_per_tenant UInt32, limit UInt32
-- rows:   tenant_id, run_id, start, end, devices_max, flop_lo, flop_mid, flop_hi, tier, busy (start
--         and end of each segment), tenant_runs (runs of the tenant in the window, shown or not)
-- bound:  runs_per_tenant of each tenant, limit in all, 2000 segments of a run. final: runs are rebuilt
select
    tenant_id,
    run_id,
    start,
    end,
    devices_max,
    flop_lo,
    flop_mid,
    flop_hi,
    tier,
    arraySlice(arrayMap(part -> tuple(part.1, part.2), segments), 1, 2000) as busy,
    count() over (partition by tenant_id) as tenant_runs
from runs final
where start < {until:DateTime64(3, 'UTC')} and end > {from:DateTime64(3, 'UTC')}
    and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
order by flop_hi desc, run_id
limit {runs_per_tenant:UInt32} by tenant_id
limit {limit:UInt32}
