-- What each control group could still compute under its commitments inside the horizon, on top of
-- what its members used in the window. Only hours still to come count as potential: past hours of
-- a commitment are in the use, or were never used.
-- params: the scope of every measurement; horizon_days, option_weight_mid, option_weight_hi,
--         quoted_weight_mid, quoted_weight_hi, operations_max
-- rows:   a measurement of groups with a commitment that has not ended; lo, mid, hi = used +
--         potential; figures used_hi, potential_hi, accelerators, known_chip_share, device_hours_left;
--         facts reason, commitments, statuses, declared_uses
-- bound:  commitments of the tenants, hours in [since, as_of); final, because the tables are rebuilt
with
    -- what was last recorded by then; late papers count from their signature or their start
    revision as
    (
        select
            commitment_id,
            argMax(
                tuple(tenant_id, accelerator, accelerators, start, end, status, declared_use,
                    recorded_at <= {as_of:DateTime64(3, 'UTC')} or ifNull(signed_at, start) <= {as_of:DateTime64(3, 'UTC')}),
                tuple(recorded_at <= {as_of:DateTime64(3, 'UTC')},
                    if(recorded_at <= {as_of:DateTime64(3, 'UTC')}, 1, -1) * toInt64(revision), recorded_at, content_hash)
            ) as latest
        from commitments final
        where empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id)
        group by commitment_id
    ),
    open_commitment as
    (
        select
            commitment_id,
            latest.1 as tenant,
            toFloat64(latest.3) as accelerator_count,
            latest.4 as term_start,
            latest.5 as term_end,
            toString(latest.6) as firmness,
            toString(latest.7) as use_declared,
            if(named.chip = '', 'unknown', toString(named.chip)) as of_chip,
            greatest({as_of:DateTime64(3, 'UTC')}, term_start) as from_time,
            least(term_end, {as_of:DateTime64(3, 'UTC')} + toIntervalSecond(toInt64({horizon_days:Float64} * 86400))) as to_time,
            greatest(0, toUnixTimestamp64Milli(to_time) - toUnixTimestamp64Milli(from_time)) / 1000 as left_s
        from revision
        left join (select name, chip from chip_names final where version = {catalogue:String}) as named
            on lowerUTF8(trimBoth(replaceRegexpAll(toString(latest.2), '\\s+', ' '))) = named.name
        where latest.8 and latest.5 > {as_of:DateTime64(3, 'UTC')} and latest.6 in ('signed', 'active', 'option', 'quoted')
    ),
    potential as
    (
        select
            commitment_id, tenant, accelerator_count, term_start, term_end, firmness, use_declared, of_chip, left_s,
            accelerator_count * left_s as device_s,
            device_s * rate.lo * multiIf(firmness in ('signed', 'active'), 1, 0) as left_lo,
            device_s * rate.mid * multiIf(firmness = 'option', {option_weight_mid:Float64}, firmness = 'quoted', {quoted_weight_mid:Float64}, 1) as left_mid,
            device_s * rate.hi * multiIf(firmness = 'option', {option_weight_hi:Float64}, firmness = 'quoted', {quoted_weight_hi:Float64}, 1) as left_hi
        from open_commitment
        left join
        (
            select chip, lo, mid, hi from estimate_factors final
            where version = {catalogue:String} and tier = 'capacity' and precision = ''
        ) as rate on open_commitment.of_chip = rate.chip
    ),
    used as
    (
        select
            toString(tenant_id) as tenant,
            sum(observed_lo + dark_lo) as used_lo,
            sum(observed_mid + dark_mid) as used_mid,
            sum(observed_hi + dark_hi) as used_hi
        from usage_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or has({tenants:Array(String)}, tenant_id))
        group by tenant
    ),
    member as
    (
        select tenant, max(is_committed) as has_commitment
        from (select tenant, 1 as is_committed from potential union all select tenant, 0 from used)
        group by tenant
    ),
    grouped as
    (
        select
            member.tenant as tenant,
            if(linked.group_id = '', concat('grp-', substring(lower(hex(SHA256(member.tenant))), 1, 16)), linked.group_id) as group_of
        from member
        left join (select tenant_id, group_id from group_members final) as linked on member.tenant = linked.tenant_id
    ),
    use_of_group as
    (
        select
            group_of,
            arraySort(groupArray(grouped.tenant)) as members,
            sum(used_lo) as group_lo, sum(used_mid) as group_mid, sum(used_hi) as group_hi
        from grouped
        left join used on grouped.tenant = used.tenant
        group by group_of
    )
select
    grouped.group_of as subject_id,
    any(use_of_group.members) as tenant_ids,
    min(term_start) as start,
    max(term_end) as end,
    any(group_lo) + sum(left_lo) as lo,
    any(group_mid) + sum(left_mid) as mid,
    any(group_hi) + sum(left_hi) as hi,
    map(
        'used_hi', any(group_hi),
        'potential_hi', sum(left_hi),
        'accelerators', sum(accelerator_count),
        'known_chip_share', sumIf(accelerator_count, of_chip != 'unknown') / greatest(sum(accelerator_count), 1),
        'device_hours_left', sum(device_s) / 3600
    ) as figures,
    map(
        'reason', multiIf(
            any(group_hi) >= {operations_max:Float64}, 'the upper bound of what was used has passed it',
            any(group_hi) + sum(left_hi) >= {operations_max:Float64}, 'what is left of the commitments inside the horizon suffices, on top of what was used',
            'used and left of the commitments together stay below it'),
        'commitments', arrayStringConcat(arraySort(groupArray(commitment_id)), ', '),
        'statuses', arrayStringConcat(arraySort(groupUniqArray(firmness)), ', '),
        'declared_uses', arrayStringConcat(arraySort(groupUniqArray(use_declared)), ', ')
    ) as facts
from potential
inner join grouped on potential.tenant = grouped.tenant
inner join use_of_group on grouped.group_of = use_of_group.group_of
group by subject_id
order by subject_id
