-- What was last determined of each of some tenants, with the name of its customer.
-- params: tenants Array(String), limit UInt32
-- rows:   tenant_id, status, basis, reason, name (of the customer, null where it is not known)
-- bound:  one row per tenant named; reads their determinations
with judged as
(
    select
        determined_at,
        arrayJoin(JSONExtract(body, 'tenants',
            'Array(Tuple(tenant_id String, status String, basis String, reason String, customer Tuple(name Nullable(String))))')) as one
    from determinations
    where hasAny(tenant_ids, {tenants:Array(String)})
)
select
    one.tenant_id as tenant_id,
    argMax(one.status, determined_at) as status,
    argMax(one.basis, determined_at) as basis,
    argMax(one.reason, determined_at) as reason,
    argMax(tuple(one.customer.name), determined_at).1 as name
from judged
where has({tenants:Array(String)}, tenant_id)
group by tenant_id
order by tenant_id
limit {limit:UInt32}
