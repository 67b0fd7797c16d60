-- Operations of runs that are stages or doubtful parts of one model's making, beside the largest of
-- them. Only sure links count in the lower bound, likely ones in the middle, all in the upper one.
-- grain:  one row per lineage of at least two runs, named after its first; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all), catalogue String
-- rows:   a measurement; figures runs, run_lo, run_mid, run_hi (largest of a single run), gauged_share
--         (of mid, from runs mostly on gauges or counters; 0 where mid is), run_gauged_share (of the
--         run with run_mid), link_p (of the weakest link); facts runs
-- bound:  runs of the tenants that overlap [since, as_of); final, because both tables are rebuilt
with
    member as
    (
        select toString(tenant_id) as tenant, run_id, lineage_id, p
        from run_lineages final
        where empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id)
    ),
    stage as
    (
        select toString(tenant_id) as tenant, run_id, start, end, flop_lo, flop_mid, flop_hi,
            tier in ('T1', 'T2') as is_gauged
        from runs final
        where start < {as_of:DateTime64(3, 'UTC')} and end > {since:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
    )
select
    member.lineage_id as subject_id,
    [any(member.tenant)] as tenant_ids,
    min(stage.start) as start,
    max(stage.end) as end,
    greatest(sumIf(stage.flop_lo, p >= 0.9), max(stage.flop_lo)) as lo,
    sumIf(stage.flop_mid, p >= 0.5) as likely_mid,
    greatest(likely_mid, max(stage.flop_mid)) as mid,
    sum(stage.flop_hi) as hi,
    map(
        'runs', toFloat64(count()),
        'run_lo', max(stage.flop_lo),
        'run_mid', max(stage.flop_mid),
        'run_hi', max(stage.flop_hi),
        'gauged_share', multiIf(
            mid = 0, 0,
            mid = likely_mid, sumIf(stage.flop_mid, p >= 0.5 and is_gauged) / mid,
            argMax(is_gauged, stage.flop_mid)),
        'run_gauged_share', toFloat64(argMax(is_gauged, stage.flop_mid)),
        'link_p', min(p)
    ) as figures,
    map('runs', arrayStringConcat(arraySlice(arraySort(groupArray(stage.run_id)), 1, 20), ', ')) as facts
from member
inner join stage on member.tenant = stage.tenant and member.run_id = stage.run_id
group by member.lineage_id
order by subject_id
