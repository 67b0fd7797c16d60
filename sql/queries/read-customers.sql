-- The customer that the newest account record names for each of some tenants.
-- params: tenants Array(String), limit UInt32
-- rows:   tenant_id, party_id ('' = not known), name (first legal name, '' = not known), resold
-- bound:  one row per tenant named
with
    account as
    (
        select
            JSONExtractString(body, 'tenant_id') as tenant,
            argMax(JSONExtractString(body, 'customer_party_id'), tuple(valid_from, recorded_at)) as party,
            argMax(JSONLength(body, 'reseller_path'), tuple(valid_from, recorded_at)) as resellers
        from identity_records
        where kind = 'account' and has({tenants:Array(String)}, tenant)
        group by tenant
    ),
    party as
    (
        select
            JSONExtractString(body, 'party_id') as party_id,
            argMax(
                JSONExtract(body, 'names', 'Array(Tuple(name String, type String))'),
                tuple(valid_from, recorded_at)) as names
        from identity_records
        where kind = 'party' and party_id in (select party from account)
        group by party_id
    )
select
    account.tenant as tenant_id,
    account.party as party_id,
    if(notEmpty(arrayFilter(one -> one.type = 'legal', party.names)),
        arrayFilter(one -> one.type = 'legal', party.names)[1].name, party.names[1].name) as name,
    account.resellers > 0 as resold
from account
left join party on account.party = party.party_id
order by tenant_id
limit {limit:UInt32}
