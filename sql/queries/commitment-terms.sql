-- The newest terms of the commitments of some tenants, and when each was first recorded.
-- params: tenants Array(String), limit UInt32
-- rows:   commitment_id, tenant_id, accelerator, accelerators, status, start, end, fabric_gbps,
--         site, declared_use, signed_at, revision, revisions, recorded_at (of the first revision)
-- bound:  limit
select
    commitment_id,
    argMax(tenant_id, (revision, recorded_at, content_hash)) as tenant_id,
    argMax(accelerator, (revision, recorded_at, content_hash)) as accelerator,
    argMax(accelerators, (revision, recorded_at, content_hash)) as accelerators,
    argMax(status, (revision, recorded_at, content_hash)) as status,
    argMax(commitments.start, (revision, recorded_at, content_hash)) as start,
    argMax(commitments.end, (revision, recorded_at, content_hash)) as end,
    tupleElement(argMax(tuple(fabric_gbps), (revision, recorded_at, content_hash)), 1) as fabric_gbps,
    argMax(site, (revision, recorded_at, content_hash)) as site,
    argMax(declared_use, (revision, recorded_at, content_hash)) as declared_use,
    min(commitments.signed_at) as signed_at,
    max(commitments.revision) as revision,
    uniqExact(commitments.revision) as revisions,
    min(commitments.recorded_at) as recorded_at
from commitments final
where tenant_id in {tenants:Array(String)}
group by commitment_id
order by commitment_id
limit {limit:UInt32}
