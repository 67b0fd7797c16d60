-- The newest version of every finding that still stands, or that had a determination before it
-- was withdrawn, with the newest determination of it.
-- params: limit UInt32
-- rows:   the columns of a finding; status, status_basis, identity_hash, finding_version, group_id
--         of its newest determination ('' and 0 without one)
-- bound:  limit; one row per finding
with
    newest as
    (
        select *
        from findings final
        order by finding_id, version desc, build desc
        limit 1 by finding_id
    ),
    determined as
    (
        select finding_id, finding_version, status, basis, identity_hash
        from determinations final
        order by finding_id, determined_at desc, finding_version desc, identity_hash
        limit 1 by finding_id
    )
select
    newest.finding_id as finding_id,
    newest.version as version,
    newest.detector_id as detector_id,
    newest.raises as raises,
    newest.subject_kind as subject_kind,
    newest.subject_id as subject_id,
    newest.tenant_ids as tenant_ids,
    newest.start as start,
    newest.end as end,
    newest.state as state,
    newest.severity as severity,
    newest.basis as basis,
    newest.unit as unit,
    newest.measured_lo as measured_lo,
    newest.measured_mid as measured_mid,
    newest.measured_hi as measured_hi,
    newest.threshold as threshold,
    newest.detected_at as detected_at,
    determined.status as status,
    determined.basis as status_basis,
    determined.identity_hash as identity_hash,
    determined.finding_version as determined_version
from newest
left join determined on newest.finding_id = determined.finding_id
where newest.state != 'withdrawn' or determined.finding_version > 0
order by finding_id
limit {limit:UInt32}
