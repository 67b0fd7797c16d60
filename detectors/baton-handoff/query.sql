-- For each run the unlinked account's run that had stopped shortly before it began, with as many
-- devices of the same chip in the same region, working alike.
-- params: the scope of every measurement; gap_hours_max
-- rows:   a measurement; lo = mid = hi = likeness, 1 less the larger of the differences in size and
--         signature; figures gap_hours, devices, lasted_hours (of the shorter), chance (share of
--         pairs of runs further apart that are at least as alike); facts before, before_tenant
-- bound:  runs in [since, as_of) of all tenants, because the one before may be anybody's; final,
--         because the tables are rebuilt
with
    baton as
    (
        select
            toString(runs.tenant_id) as tenant, runs.run_id as id, runs.start as began, runs.end as stopped,
            devices_max as size, chips, sites,
            sum(gangs.tensor_mean * gangs.device_s) / sum(gangs.device_s) as tensor,
            sum(gangs.power_mean_w * gangs.device_s) / sum(gangs.device_s) as power
        from (select * from runs final where end > {since:DateTime64(3, 'UTC')} and start < {as_of:DateTime64(3, 'UTC')}) as runs
        inner join (select * from day_gangs final where end > {since:DateTime64(3, 'UTC')}) as gangs
            on runs.tenant_id = gangs.tenant_id and runs.run_id = gangs.run_id
        where runs.end - runs.start >= 12 * 3600
        group by tenant, id, began, stopped, size, chips, sites
    ),
    linked as (select tenant_id as linked_tenant, group_id as linked_group from group_members final),
    pair as
    (
        select
            b.tenant as tenant, b.id as id, b.began as began, b.stopped as ended, a.tenant as before_tenant, a.id as before_id,
            least(a.size, b.size) as size,
            least(dateDiff('second', a.began, a.stopped), dateDiff('second', b.began, b.stopped)) / 3600 as lasted_hours,
            dateDiff('second', a.stopped, b.began) / 3600 as gap_hours,
            1 - greatest(
                1 - least(a.size, b.size) / greatest(a.size, b.size),
                ifNull(1 - least(a.tensor, b.tensor) / greatest(a.tensor, b.tensor), 0),
                ifNull(1 - least(a.power, b.power) / greatest(a.power, b.power), 0)) as alike
        from baton as b
        cross join baton as a
        where a.tenant != b.tenant and a.chips = b.chips and hasAny(a.sites, b.sites)
    ),
    close as
    (
        select *
        from pair
        left join linked as x on pair.tenant = x.linked_tenant
        left join linked as y on pair.before_tenant = y.linked_tenant
        where gap_hours between -0.1 and {gap_hours_max:Float64} and (x.linked_group = '' or x.linked_group != y.linked_group)
    )
select
    id as subject_id,
    [best.1, tenant] as tenant_ids,
    began as start,
    ended as end,
    best.3 as lo,
    lo as mid,
    lo as hi,
    map(
        'gap_hours', best.4,
        'devices', toFloat64(best.5),
        'lasted_hours', best.6,
        'chance', arrayCount(other -> other >= best.3, (select groupArray(alike) from pair where gap_hours > {gap_hours_max:Float64}) as others)
            / greatest(length(others), 1)
    ) as figures,
    map('before', best.2, 'before_tenant', best.1) as facts
from
(
    select
        id, tenant, began, ended,
        argMax(tuple(before_tenant, before_id, alike, gap_hours, size, lasted_hours), (alike, -abs(gap_hours), before_id)) as best
    from close
    where empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant)
    group by id, tenant, began, ended
)
order by subject_id
