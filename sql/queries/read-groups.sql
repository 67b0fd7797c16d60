-- Control groups with what their tenants used in a window, by id or the largest first. A tenant that
-- no identity links to another is a group of one; compute without a tenant is in no group.
-- params: from DateTime64(3), until DateTime64(3), groups Array(String) (empty = all), after String
--         (last id of the page before), by_size Bool, limit UInt32
-- rows:   group_id, tenant_ids, observed_device_s, dark_device_s, flop_lo, flop_mid, flop_hi, tier
--         (behind most of the device time), groups (how many there are from `after` on)
-- bound:  limit; hours of the window. final: the tables are rebuilt
with
    linked as (select tenant_id, group_id from group_members final),
    used as
    (
        select
            toString(tenant_id) as id,
            sum(usage.observed_device_s) as observed_s,
            sum(usage.dark_device_s) as dark_s,
            sum(observed_lo + dark_lo) as lo,
            sum(observed_mid + dark_mid) as mid,
            sum(observed_hi + dark_hi) as hi,
            sumMap(map(toString(usage.tier), usage.observed_device_s + usage.dark_device_s)) as by_tier
        from usage_hours as usage final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
            and tenant_id != ''
        group by id
    ),
    known as
    (
        select id from used
        union distinct
        select tenant_id as id from linked
        union distinct
        select tenant_id as id from commitments
    )
select
    if(linked.group_id != '', linked.group_id,
        concat('grp-', substring(lower(hex(SHA256(known.id))), 1, 16))) as group_id,
    arraySort(groupArray(known.id)) as tenant_ids,
    sum(observed_s) as observed_device_s,
    sum(dark_s) as dark_device_s,
    sum(lo) as flop_lo,
    sum(mid) as flop_mid,
    sum(hi) as flop_hi,
    arrayReverseSort(one -> (one.2, one.1), CAST(sumMap(by_tier), 'Array(Tuple(String, Float64))'))[1].1 as tier,
    count() over () as groups
from known
left join used on known.id = used.id
left join linked on known.id = linked.tenant_id
group by group_id
having group_id > {after:String} and (empty({groups:Array(String)}) or has({groups:Array(String)}, group_id))
order by if({by_size:Bool}, -flop_hi, 0), group_id
limit {limit:UInt32}
