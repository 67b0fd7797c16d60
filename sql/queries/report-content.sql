-- One stored version of a report.
-- params: report_id String
-- rows:   report_id, case_id, version, case_seq, group_id, built_at, content_hash, report_json, manifest
-- bound:  one row
select
    report_id,
    case_id,
    version,
    case_seq,
    group_id,
    built_at,
    content_hash,
    report_json,
    manifest
from reports final
where report_id = {report_id:String}
limit 1
