-- Dense peak of the largest cluster that each control group holds: devices seen on one fabric of
-- one site, or committed for one site at the same time, on links beyond the given speed. Seen and
-- committed are two views of the same machines and are never added up.
-- params: the scope of every measurement; link_speed
-- rows:   a measurement; lo 16-bit peak, mid fastest training format, hi fastest format; figures
--         accelerators (of that cluster), known_chip_share (lowest of either view); facts cluster,
--         seen_as, chips
-- bound:  device-hours in [since, as_of) and commitments of the tenants that have not ended; final,
--         because the tables are rebuilt
with
    chip_rate as
    (
        select
            factor.chip as rated_chip,
            any(factor.lo) as peak_lo,
            any(factor.mid) as peak_mid,
            any(factor.hi) as peak_hi,
            any(known.scale_out_gbit_per_s) as chip_link
        from estimate_factors as factor final
        left join (select chip, scale_out_gbit_per_s from chips final where version = {catalogue:String}) as known
            on factor.chip = known.chip
        where version = {catalogue:String} and tier = 'peak' and precision = ''
        group by rated_chip
    ),
    linked as (select tenant_id as linked_tenant, group_id as linked_group from group_members final),
    seen as
    (
        select
            toString(tenant_id) as tenant, hour, toString(site) as at_site, toString(fabric_id) as on_fabric,
            toString(chip) as of_chip, sum(device_hours.device_s) / 3600 as held
        from device_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant, hour, at_site, on_fabric, of_chip
    ),
    -- what was last recorded by then; late papers count from their signature or their start
    revision as
    (
        select
            argMax(
                tuple(tenant_id, accelerator, accelerators, start, end, status, fabric_gbps, site,
                    recorded_at <= {as_of:DateTime64(3, 'UTC')} or ifNull(signed_at, start) <= {as_of:DateTime64(3, 'UTC')}),
                tuple(recorded_at <= {as_of:DateTime64(3, 'UTC')},
                    if(recorded_at <= {as_of:DateTime64(3, 'UTC')}, 1, -1) * toInt64(revision), recorded_at, content_hash)
            ) as latest
        from commitments final
        where empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id)
        group by commitment_id
    ),
    committed as
    (
        select
            latest.1 as tenant,
            toFloat64(latest.3) as held,
            greatest(latest.4, {as_of:DateTime64(3, 'UTC')}) as from_time,
            latest.5 as to_time,
            latest.7 as fabric_link,
            toString(latest.8) as at_site,
            if(named.chip = '', 'unknown', toString(named.chip)) as of_chip,
            if(linked_group = '', latest.1, linked_group) as holder
        from revision
        left join (select name, chip from chip_names final where version = {catalogue:String}) as named
            on lowerUTF8(trimBoth(replaceRegexpAll(toString(latest.2), '\\s+', ' '))) = named.name
        left join linked on latest.1 = linked.linked_tenant
        where latest.9 and latest.6 in ('signed', 'active') and latest.5 > {as_of:DateTime64(3, 'UTC')}
    ),
    -- a commitment counts at the start of every commitment that it overlaps: sums peak at a start
    held_at as
    (
        select tenant, 'seen' as view, toDateTime64(hour, 3, 'UTC') as moment, at_site, on_fabric, of_chip, held,
            cast(null, 'Nullable(Float64)') as fabric_link
        from seen
        union all
        select one.tenant, 'committed', other.moment, one.at_site, '', one.of_chip, one.held, one.fabric_link
        from committed as one
        inner join (select distinct from_time as moment, at_site, holder from committed) as other
            on one.at_site = other.at_site and one.holder = other.holder
        where other.moment >= one.from_time and other.moment < one.to_time
    ),
    part as
    (
        select
            if(linked_group = '', concat('grp-', substring(lower(hex(SHA256(held_at.tenant))), 1, 16)), linked_group) as group_of,
            held_at.tenant as tenant, view, moment, at_site, on_fabric, of_chip, held,
            ifNull(coalesce(fabric_link, chip_rate.chip_link) > {link_speed:Float64}, 0) as fast,
            if(fast, held * peak_lo, 0) as rate_lo,
            if(fast, held * peak_mid, 0) as rate_mid,
            if(fast, held * peak_hi, 0) as rate_hi
        from held_at
        left join chip_rate on held_at.of_chip = chip_rate.rated_chip
        left join linked on held_at.tenant = linked.linked_tenant
    ),
    cluster as
    (
        select
            group_of, view, at_site, on_fabric, moment,
            groupUniqArray(tenant) as tenants_here,
            sum(rate_lo) as lo_here, sum(rate_mid) as mid_here, sum(rate_hi) as hi_here,
            sumIf(held, fast) as accelerators_here,
            sumIf(held, of_chip != 'unknown') / greatest(sum(held), 1e-9) as known_here,
            groupUniqArrayIf(of_chip, fast) as chips_here
        from part
        group by group_of, view, at_site, on_fabric, moment
    )
select
    group_of as subject_id,
    arraySort(arrayDistinct(arrayFlatten(groupArray(tenants_here)))) as tenant_ids,
    argMax(moment, tuple(lo_here, mid_here, hi_here)) as start,
    start + interval 1 hour as end,
    max(lo_here) as lo,
    max(mid_here) as mid,
    max(hi_here) as hi,
    map(
        'accelerators', argMax(accelerators_here, tuple(lo_here, mid_here, hi_here)),
        'known_chip_share', min(known_here)
    ) as figures,
    map(
        'cluster', concat(argMax(at_site, tuple(lo_here, mid_here, hi_here)), '/', argMax(on_fabric, tuple(lo_here, mid_here, hi_here))),
        'seen_as', argMax(view, tuple(lo_here, mid_here, hi_here)),
        'chips', arrayStringConcat(arraySort(argMax(chips_here, tuple(lo_here, mid_here, hi_here))), ', ')
    ) as facts
from cluster
group by group_of
order by subject_id
