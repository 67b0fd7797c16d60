-- The latest version of every finding that touches the tenants, withdrawn ones included.
-- params: tenants Array(String) (empty = all)
-- rows:   as the detect stage compares them: identity, subject, window, state, measured, parameters
-- bound:  findings of the tenants
select
    finding_id,
    max(version) as latest,
    argMax([toString(detector_id), toString(subject_kind), subject_id], version) as subject,
    argMax(tenant_ids, version) as latest_tenants,
    argMax(start, version) as latest_start,
    argMax(end, version) as latest_end,
    argMax(state, version) as latest_state,
    argMax(severity, version) as latest_severity,
    argMax([measured_lo, measured_mid, measured_hi], version) as measured,
    argMax(parameters, version) as latest_parameters
from findings
group by finding_id
having empty({tenants:Array(String)}) or hasAny(latest_tenants, {tenants:Array(String)})
order by finding_id
