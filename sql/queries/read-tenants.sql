-- Tenants by id with what they used in a window; a tenant that only has a commitment, or only a
-- record of identity, is there with zeros.
-- params: from DateTime64(3), until DateTime64(3), tenants Array(String) (empty = all),
--         after String (last id of the page before), first Bool (true on the first page, because
--         '' is a tenant too: compute that nobody is named for), limit UInt32
-- rows:   tenant_id, group_id, devices (most in an hour and chip), observed_device_s, billed_device_s,
--         dark_device_s, busy_device_s, energy_j, flop_lo, flop_mid, flop_hi (telemetry and dark),
--         tier (behind most
--         of the device time), chips
-- bound:  limit; hours of the window. final: the tables are rebuilt
with
    known as
    (
        select distinct toString(tenant_id) as id
        from usage_hours final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
        union distinct
        select tenant_id as id from group_members final
        union distinct
        select tenant_id as id from commitments
    ),
    page as
    (
        select id
        from known
        where ({first:Bool} or id > {after:String})
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, id))
        order by id
        limit {limit:UInt32}
    ),
    used as
    (
        select
            toString(tenant_id) as id,
            max(usage.devices) as devices,
            sum(usage.observed_device_s) as observed_device_s,
            sum(usage.billed_device_s) as billed_device_s,
            sum(usage.dark_device_s) as dark_device_s,
            sum(usage.busy_device_s) as busy_device_s,
            sum(usage.energy_j) as energy_j,
            sum(observed_lo + dark_lo) as flop_lo,
            sum(observed_mid + dark_mid) as flop_mid,
            sum(observed_hi + dark_hi) as flop_hi,
            arrayReverseSort(one -> (one.2, one.1), CAST(
                sumMap(map(toString(usage.tier), usage.observed_device_s + usage.dark_device_s)),
                'Array(Tuple(String, Float64))'))[1].1 as tier,
            arraySort(groupUniqArray(toString(chip))) as chips
        from usage_hours as usage final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
            and tenant_id in (select id from page)
        group by id
    )
select
    page.id as tenant_id,
    if(linked.group_id != '', linked.group_id,
        concat('grp-', substring(lower(hex(SHA256(page.id))), 1, 16))) as group_id,
    used.devices as devices,
    used.observed_device_s as observed_device_s,
    used.billed_device_s as billed_device_s,
    used.dark_device_s as dark_device_s,
    used.busy_device_s as busy_device_s,
    used.energy_j as energy_j,
    used.flop_lo as flop_lo,
    used.flop_mid as flop_mid,
    used.flop_hi as flop_hi,
    used.tier as tier,
    used.chips as chips
from page
left join used on page.id = used.id
left join (select tenant_id, group_id from group_members final) as linked on page.id = linked.tenant_id
order by tenant_id
