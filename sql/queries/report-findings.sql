-- Findings of a case in the versions that the case knows, with parameters and evidence.
-- params: findings Array(String), versions Array(UInt32) (one per finding), limit UInt32
-- rows:   the columns of a finding; parameters and evidence are JSON
-- bound:  limit
select
    finding_id,
    version,
    detector_id,
    detector_version,
    detector_hash,
    bundle_hash,
    raises,
    subject_kind,
    subject_id,
    tenant_ids,
    findings.start as start,
    findings.end as end,
    state,
    severity,
    confidence,
    basis,
    measured_lo,
    measured_mid,
    measured_hi,
    unit,
    threshold,
    parameters,
    evidence,
    detected_at
from findings final
where has(arrayZip({findings:Array(String)}, {versions:Array(UInt32)}), (finding_id, version))
order by finding_id, version, build desc
limit 1 by finding_id, version
limit {limit:UInt32}
