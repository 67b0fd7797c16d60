-- Reports by id, built in a window, without their content.
-- params: from DateTime64(3), until DateTime64(3), cases Array(String) (empty = all), after String
--         (last id of the page before), limit UInt32
-- rows:   report_id, case_id, version, case_seq, group_id, built_at, content_hash
-- bound:  limit. final: a report stored twice is one
select report_id, case_id, version, case_seq, group_id, built_at, content_hash
from reports final
where report_id > {after:String}
    and built_at >= {from:DateTime64(3, 'UTC')} and built_at < {until:DateTime64(3, 'UTC')}
    and (empty({cases:Array(String)}) or has({cases:Array(String)}, case_id))
order by report_id
limit {limit:UInt32}
