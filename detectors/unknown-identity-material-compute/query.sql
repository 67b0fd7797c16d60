-- Operations of each control group's members whose customer is not known at the given time: no
-- account record, no customer party in it, a customer that is one of the resellers, or a party of
-- which there is no record. What is known today counts, for the time it speaks of.
-- params: the scope of every measurement
-- rows:   a measurement; tenant_ids are the unidentified members; figures unidentified, members;
--         facts reasons (tenant: reason)
-- bound:  hours in [since, as_of) and identity records of the tenants; final, because the tables
--         are rebuilt or hold a record twice
with
    used as
    (
        select
            tenant_id as user_id,
            min(hour) as first_hour, max(hour) as last_hour,
            sum(observed_lo + dark_lo) as tenant_lo,
            sum(observed_mid + dark_mid) as tenant_mid,
            sum(observed_hi + dark_hi) as tenant_hi
        from usage_hours final
        where hour >= {since:DateTime64(3, 'UTC')} and hour < {as_of:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
        group by user_id
    ),
    member as
    (
        select
            toString(user_id) as tenant,
            if(linked.group_id = '', concat('grp-', substring(lower(hex(SHA256(tenant))), 1, 16)), linked.group_id) as group_of,
            first_hour, last_hour, tenant_lo, tenant_mid, tenant_hi
        from used
        left join (select tenant_id, group_id from group_members final) as linked on used.user_id = linked.tenant_id
    ),
    account as
    (
        select
            JSONExtractString(body, 'tenant_id') as account_tenant,
            argMax(body, tuple(valid_from, recorded_at, content_hash)) as latest,
            JSONExtractString(latest, 'customer_party_id') as customer,
            JSONExtract(latest, 'reseller_path', 'Array(String)') as resellers
        from identity_records final
        where kind = 'account' and valid_from <= {as_of:DateTime64(3, 'UTC')}
            and (valid_to is null or valid_to > {as_of:DateTime64(3, 'UTC')})
            and account_tenant in (select tenant from member)
        group by account_tenant
    ),
    party as
    (
        select id as known_party
        from identity_records final
        where kind = 'party' and valid_from <= {as_of:DateTime64(3, 'UTC')}
            and (valid_to is null or valid_to > {as_of:DateTime64(3, 'UTC')})
            and id in (select customer from account)
        group by id
    ),
    judged as
    (
        select
            tenant, group_of, first_hour, last_hour, tenant_lo, tenant_mid, tenant_hi,
            multiIf(
                tenant = '', 'no account claims it',
                account.account_tenant = '', 'no account record',
                account.customer = '' and notEmpty(account.resellers), 'the reseller does not name its customer',
                account.customer = '', 'no customer party',
                has(account.resellers, account.customer), 'the customer named is the reseller',
                party.known_party = '', 'no record of the customer party',
                '') as reason
        from member
        left join account on member.tenant = account.account_tenant
        left join party on account.customer = party.known_party
    )
select
    group_of as subject_id,
    if(countIf(reason != '') > 0, arraySort(groupArrayIf(tenant, reason != '')), arraySort(groupArray(tenant))) as tenant_ids,
    toDateTime64(min(first_hour), 3, 'UTC') as start,
    toDateTime64(max(last_hour) + interval 1 hour, 3, 'UTC') as end,
    sumIf(tenant_lo, reason != '') as lo,
    sumIf(tenant_mid, reason != '') as mid,
    sumIf(tenant_hi, reason != '') as hi,
    map('unidentified', toFloat64(countIf(reason != '')), 'members', toFloat64(count())) as figures,
    map('reasons', arrayStringConcat(arraySort(groupArrayIf(concat(tenant, ': ', reason), reason != '')), '; ')) as facts
from judged
group by group_of
order by subject_id
