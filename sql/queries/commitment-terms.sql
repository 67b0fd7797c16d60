-- The newest terms of the commitments of some tenants, and when each was first recorded.
-- params: tenants Array(String), limit UInt32
-- rows:   commitment_id, tenant_id, accelerator, accelerators, status, start, end, fabric_gbps,
--         site, declared_use, signed_at (first), revision (newest), revisions (how many),
--         recorded_at (of the first revision)
-- bound:  limit
with
    told as
    (
        select *
        from commitments final
        where tenant_id in {tenants:Array(String)}
    ),
    newest as
    (
        select *
        from told
        order by commitment_id, revision desc, recorded_at desc, content_hash desc
        limit 1 by commitment_id
    ),
    history as
    (
        select
            commitment_id as history_of,
            min(told.signed_at) as first_signed_at,
            uniqExact(told.revision) as revisions,
            min(told.recorded_at) as first_recorded_at
        from told
        group by history_of
    )
select
    commitment_id,
    tenant_id,
    accelerator,
    accelerators,
    status,
    start,
    end,
    fabric_gbps,
    site,
    declared_use,
    first_signed_at as signed_at,
    revision,
    revisions,
    first_recorded_at as recorded_at
from newest
inner join history on history_of = commitment_id
order by commitment_id
limit {limit:UInt32}
