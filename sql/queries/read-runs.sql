-- Runs that overlap a window, newest first.
-- params: from DateTime64(3), until DateTime64(3), tenants Array(String) (empty = all),
--         operations_min Float64 (of the upper bound), after_start DateTime64(3), after_id String
--         (start and id of the last run of the page before), limit UInt32
-- rows:   the columns of a run; segments as a count
-- bound:  limit. final: runs are rebuilt
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
    length(segments) as segment_count
from runs final
where start < {until:DateTime64(3, 'UTC')} and end > {from:DateTime64(3, 'UTC')}
    and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
    and flop_hi >= {operations_min:Float64}
    and (start, run_id) < ({after_start:DateTime64(3, 'UTC')}, {after_id:String})
order by start desc, run_id desc
limit {limit:UInt32}
