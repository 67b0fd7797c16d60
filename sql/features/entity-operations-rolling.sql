-- Operations of accounts that one actor may hold, beside the largest control group among them. Sure
-- links count in the lower bound, likely ones in the middle, all possible ones in the upper one.
-- grain:  one row per entity of linked accounts; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all; an entity is
--         given with all its members), catalogue String
-- rows:   a measurement; figures members (with usage), group_lo, group_mid, group_hi (largest of a
--         control group, or of a tenant without one), hi_per_day and group_hi_per_day (mean of the
--         last seven days), link_p (the weakest member's strongest link), gauged_share (of mid, from
--         hours on gauges or counters; 0 where mid is), group_gauged_share (of the group with
--         group_mid), known_chip_share; facts members
-- bound:  hours in [since, as_of) of the tenants; final, because the tables are rebuilt
with
    linked as
    (
        select
            tenant_id as linked_id,
            anyIf(entity_id, level = 'possible') as possible,
            anyIf(entity_id, level = 'likely') as likely,
            anyIf(entity_id, level = 'sure') as sure,
            anyIf(p, level = 'possible') as link_p
        from account_links final
        group by linked_id
    ),
    used as
    (
        select
            tenant_id as user_id,
            min(hour) as first_hour,
            max(hour) as last_hour,
            sum(observed_lo + dark_lo) as tenant_lo,
            sum(observed_mid + dark_mid) as tenant_mid,
            sum(observed_hi + dark_hi) as tenant_hi,
            sumIf(observed_mid, tier in ('T1', 'T2')) as tenant_gauged,
            sumIf(observed_hi + dark_hi, hour >= {as_of:DateTime64(3, 'UTC')} - interval 7 day) / 7 as tenant_day_hi,
            sum(observed_device_s + dark_device_s) as all_s,
            sumIf(observed_device_s + dark_device_s, chip != 'unknown') as known_s
        from usage_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
            and tenant_id in (select linked_id from linked)
        group by user_id
    ),
    member as
    (
        select
            used.*,
            toString(user_id) as tenant,
            linked.possible as entity,
            linked.link_p as link_p,
            if(linked.likely = '', tenant, linked.likely) as likely_part,
            if(linked.sure = '', tenant, linked.sure) as sure_part,
            if(known.group_id = '', tenant, known.group_id) as control
        from used
        inner join linked on used.user_id = linked.linked_id
        left join (select tenant_id, group_id from group_members final) as known on used.user_id = known.tenant_id
    ),
    summed as
    (
        select
            *,
            sum(tenant_lo) over (partition by entity, sure_part) as sure_lo,
            sum(tenant_mid) over (partition by entity, likely_part) as likely_mid,
            sum(tenant_gauged) over (partition by entity, likely_part) as likely_gauged,
            sum(tenant_lo) over (partition by entity, control) as control_lo,
            sum(tenant_mid) over (partition by entity, control) as control_mid,
            sum(tenant_gauged) over (partition by entity, control) as control_gauged,
            sum(tenant_hi) over (partition by entity, control) as control_hi,
            sum(tenant_day_hi) over (partition by entity, control) as control_day_hi
        from member
    )
select
    entity as subject_id,
    arraySort(groupArray(tenant)) as tenant_ids,
    toDateTime64(min(first_hour), 3, 'UTC') as start,
    toDateTime64(max(last_hour) + interval 1 hour, 3, 'UTC') as end,
    max(sure_lo) as lo,
    max(likely_mid) as mid,
    sum(tenant_hi) as hi,
    map(
        'members', toFloat64(count()),
        'group_lo', max(control_lo),
        'group_mid', max(control_mid),
        'group_hi', max(control_hi),
        'hi_per_day', sum(tenant_day_hi),
        'group_hi_per_day', max(control_day_hi),
        'link_p', min(link_p),
        'gauged_share', if(mid > 0, argMax(likely_gauged, likely_mid) / mid, 0),
        'group_gauged_share', if(mid > 0, argMax(control_gauged, control_mid) / max(control_mid), 0),
        'known_chip_share', if(sum(all_s) > 0, sum(known_s) / sum(all_s), 1)
    ) as figures,
    map('members', arrayStringConcat(tenant_ids, ', ')) as facts
from summed
group by entity
having count() > 1
order by subject_id
