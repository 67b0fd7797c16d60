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
    -- commitments and use side by side, so that each is read once
    part as
    (
        select
            tenant, 1 as is_commitment, commitment_id, accelerator_count, term_start, term_end, firmness, use_declared,
            of_chip, device_s, left_lo, left_mid, left_hi, 0. as used_lo, 0. as used_mid, 0. as used_hi
        from potential
        union all
        select tenant, 0, '', 0., toDateTime64(0, 3, 'UTC'), toDateTime64(0, 3, 'UTC'), '', '', '', 0., 0., 0., 0.,
            used_lo, used_mid, used_hi
        from used
    ),
    grouped as
    (
        select
            part.*,
            if(linked.group_id = '', concat('grp-', substring(lower(hex(SHA256(part.tenant))), 1, 16)), linked.group_id) as group_of
        from part
        left join (select tenant_id, group_id from group_members final) as linked on part.tenant = linked.tenant_id
    ),
    summed as
    (
        select
            group_of,
            arraySort(groupUniqArray(tenant)) as members,
            minIf(term_start, is_commitment) as first_start,
            maxIf(term_end, is_commitment) as last_end,
            sum(used_lo) as group_lo, sum(used_mid) as group_mid, sum(used_hi) as group_hi,
            sum(left_lo) as potential_lo, sum(left_mid) as potential_mid, sum(left_hi) as potential_hi,
            sum(accelerator_count) as accelerators,
            sumIf(accelerator_count, of_chip != 'unknown') as accelerators_known,
            sum(device_s) as committed_s,
            groupArrayIf(commitment_id, is_commitment) as commitments,
            groupUniqArrayIf(firmness, is_commitment) as statuses,
            groupUniqArrayIf(use_declared, is_commitment) as declared_uses
        from grouped
        group by group_of
        having notEmpty(commitments)
    )
select
    group_of as subject_id,
    members as tenant_ids,
    first_start as start,
    last_end as end,
    group_lo + potential_lo as lo,
    group_mid + potential_mid as mid,
    group_hi + potential_hi as hi,
    map(
        'used_hi', group_hi,
        'potential_hi', potential_hi,
        'accelerators', accelerators,
        'known_chip_share', accelerators_known / greatest(accelerators, 1),
        'device_hours_left', committed_s / 3600
    ) as figures,
    map(
        'reason', multiIf(
            group_hi >= {operations_max:Float64}, 'the upper bound of what was used has passed it',
            group_hi + potential_hi >= {operations_max:Float64}, 'what is left of the commitments inside the horizon suffices, on top of what was used',
            'used and left of the commitments together stay below it'),
        'commitments', arrayStringConcat(arraySort(commitments), ', '),
        'statuses', arrayStringConcat(arraySort(statuses), ', '),
        'declared_uses', arrayStringConcat(arraySort(declared_uses), ', ')
    ) as facts
from summed
order by subject_id
