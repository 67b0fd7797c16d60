-- Every revision of the tenants' commitments whose term touches a window.
-- params: tenants Array(String), start DateTime64(3), end DateTime64(3)
-- rows:   the commitment's revision
-- bound:  commitments of the tenants; final, because a revision may be stored twice until merged
select
    commitment_id, revision, recorded_at, tenant_id, accelerator, accelerators, start, end, status,
    fabric_gbps, site, batch_id
from commitments final
where has({tenants:Array(String)}, tenant_id)
    and start < {end:DateTime64(3, 'UTC')} and end > {start:DateTime64(3, 'UTC')}
order by tenant_id, commitment_id, revision, recorded_at
