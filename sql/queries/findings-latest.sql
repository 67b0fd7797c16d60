-- The latest version of every finding that touches the tenants, withdrawn ones included.
-- params: tenants Array(String) (empty = all)
-- rows:   as the detect stage compares them: identity, subject, window, state, measured, parameters
-- bound:  findings of the tenants; of two contents of one version the one of the later build
select
    finding_id,
    version as latest,
    [toString(detector_id), toString(subject_kind), subject_id] as subject,
    tenant_ids as latest_tenants,
    start as latest_start,
    end as latest_end,
    state as latest_state,
    severity as latest_severity,
    [measured_lo, measured_mid, measured_hi] as measured,
    parameters as latest_parameters
from
(
    select
        finding_id, version, detector_id, subject_kind, subject_id, tenant_ids, start, end, state,
        severity, measured_lo, measured_mid, measured_hi, parameters
    from findings
    order by finding_id, version desc, build desc
    limit 1 by finding_id
)
where empty({tenants:Array(String)}) or hasAny(tenant_ids, {tenants:Array(String)})
order by finding_id
