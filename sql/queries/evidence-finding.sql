-- Every version of one finding, oldest first.
-- params: finding_id String
-- rows:   the columns of the table findings
-- bound:  one finding; of two contents of one version the one of the later build is read
select
    finding_id, version, detector_id, detector_version, detector_hash, bundle_hash, raises,
    subject_kind, subject_id, tenant_ids, start, end, state, severity, confidence, basis,
    measured_lo, measured_mid, measured_hi, unit, threshold, parameters, evidence, detected_at
from findings
where finding_id = {finding_id:String}
order by version, build desc
limit 1 by version
