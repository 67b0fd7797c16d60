-- The newest version of findings by id, with the newest determination of each.
-- params: from DateTime64(3), until DateTime64(3) (windows that overlap), ids Array(String), tenants,
--         subjects, detectors, states, severities Array(String) (empty = all), withdrawn Bool (take
--         withdrawn ones too), after String (last id of the page before), limit UInt32
-- rows:   the columns of a finding but parameters and evidence; status, status_basis, group_id of its
--         newest determination ('' without one)
-- bound:  limit; reads the findings and determinations after `after`
with
    newest as
    (
        select
            finding_id, version, detector_id, raises, subject_kind, subject_id, tenant_ids, start, end,
            state, severity, confidence, basis, measured_lo, measured_mid, measured_hi, unit, threshold,
            detected_at
        from findings
        where finding_id > {after:String}
            and (empty({ids:Array(String)}) or has({ids:Array(String)}, finding_id))
        order by finding_id, version desc, build desc
        limit 1 by finding_id
    ),
    page as
    (
        select *
        from newest
        where start < {until:DateTime64(3, 'UTC')} and end > {from:DateTime64(3, 'UTC')}
            and (empty({tenants:Array(String)}) or hasAny({tenants:Array(String)}, tenant_ids))
            and (empty({subjects:Array(String)}) or has({subjects:Array(String)}, subject_id))
            and (empty({detectors:Array(String)}) or has({detectors:Array(String)}, detector_id))
            and (empty({states:Array(String)}) or has({states:Array(String)}, state))
            and (empty({severities:Array(String)}) or has({severities:Array(String)}, severity))
            and ({withdrawn:Bool} or state != 'withdrawn')
        order by finding_id
        limit {limit:UInt32}
    ),
    determined as
    (
        select finding_id, status, basis, group_id
        from determinations
        where finding_id > {after:String}
            and (empty({ids:Array(String)}) or has({ids:Array(String)}, finding_id))
        order by finding_id, determined_at desc, finding_version desc, identity_hash
        limit 1 by finding_id
    )
select
    page.finding_id as finding_id,
    page.version as version,
    page.detector_id as detector_id,
    page.raises as raises,
    page.subject_kind as subject_kind,
    page.subject_id as subject_id,
    page.tenant_ids as tenant_ids,
    page.start as start,
    page.end as end,
    page.state as state,
    page.severity as severity,
    page.confidence as confidence,
    page.basis as basis,
    page.measured_lo as measured_lo,
    page.measured_mid as measured_mid,
    page.measured_hi as measured_hi,
    page.unit as unit,
    page.threshold as threshold,
    page.detected_at as detected_at,
    determined.status as status,
    determined.basis as status_basis,
    determined.group_id as group_id
from page
left join determined on page.finding_id = determined.finding_id
order by finding_id
