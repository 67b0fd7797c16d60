-- Versions of reports, newest first, without their content.
-- params: case_id String ('' = all), limit UInt32
-- rows:   report_id, case_id, version, case_seq, group_id, built_at, content_hash
-- bound:  limit. final: a version stored twice is one
select report_id, case_id, version, case_seq, group_id, built_at, content_hash
from reports final
where {case_id:String} = '' or case_id = {case_id:String}
order by case_id, version desc, report_id
limit {limit:UInt32}
