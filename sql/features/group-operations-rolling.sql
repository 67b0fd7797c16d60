-- Operations of each control group in the window, beside the largest of its members. A tenant that
-- no identity links to another is a group of one.
-- grain:  one row per group; unit operations
-- params: as_of DateTime64(3), since DateTime64(3), tenants Array(String) (empty = all; a group is
--         given with all its members), catalogue String
-- rows:   a measurement; figures members (with usage), member_lo, member_mid, member_hi (largest
--         of a single member), gauged_share (of mid, from hours on gauges or counters; 0 where mid
--         is), member_gauged_share (of the member with member_mid), known_chip_share; facts members
-- bound:  days in [since, as_of) of the tenants, and the hours of two; final, because the tables are rebuilt
with
    used as
    (
        select
            tenant_id as user_id,
            min(first_hour) as first_hour,
            max(last_hour) as last_hour,
            sum(observed_lo + dark_lo) as tenant_lo,
            sum(observed_mid + dark_mid) as tenant_mid,
            sum(observed_hi + dark_hi) as tenant_hi,
            sumIf(observed_mid, tier in ('T1', 'T2')) as tenant_gauged,
            sum(observed_device_s + dark_device_s) as all_s,
            sumIf(observed_device_s + dark_device_s, chip != 'unknown') as known_s
        from
        (
            select
                tenant_id, chip, tier, first_hour, last_hour, observed_device_s, dark_device_s,
                observed_lo, observed_mid, observed_hi, dark_lo, dark_mid, dark_hi
            from usage_days final
            where day >= {since:DateTime64(3, 'UTC')} and day < toStartOfDay({as_of:DateTime64(3, 'UTC')})
                and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
            union all
            -- days that the window cuts, by the hour
            select
                tenant_id, chip, tier, hour, hour, observed_device_s, dark_device_s,
                observed_lo, observed_mid, observed_hi, dark_lo, dark_mid, dark_hi
            from usage_hours final
            where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
                and (hour < toStartOfDay({since:DateTime64(3, 'UTC')} + toIntervalMillisecond(86399999))
                    or hour >= toStartOfDay({as_of:DateTime64(3, 'UTC')}))
                and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
        )
        group by user_id
    ),
    member as
    (
        select
            used.*,
            toString(user_id) as tenant,
            if(linked.group_id != '', linked.group_id,
                concat('grp-', substring(lower(hex(SHA256(tenant))), 1, 16))) as group_of
        from used
        left join (select tenant_id, group_id from group_members final) as linked on used.user_id = linked.tenant_id
    )
select
    group_of as subject_id,
    arraySort(groupArray(tenant)) as tenant_ids,
    toDateTime64(min(first_hour), 3, 'UTC') as start,
    toDateTime64(max(last_hour) + interval 1 hour, 3, 'UTC') as end,
    sum(tenant_lo) as lo,
    sum(tenant_mid) as mid,
    sum(tenant_hi) as hi,
    map(
        'members', toFloat64(count()),
        'member_lo', max(tenant_lo),
        'member_mid', max(tenant_mid),
        'member_hi', max(tenant_hi),
        'gauged_share', if(mid > 0, sum(tenant_gauged) / mid, 0),
        'member_gauged_share', if(mid > 0, argMax(tenant_gauged, tenant_mid) / max(tenant_mid), 0),
        'known_chip_share', if(sum(all_s) > 0, sum(known_s) / sum(all_s), 1)
    ) as figures,
    map('members', arrayStringConcat(tenant_ids, ', ')) as facts
from member
group by group_of
order by subject_id
