-- How many events of each case are stored, void ones included, and how many of them the list of
-- cases has been brought up to.
-- params: cases Array(String) (empty = all)
-- rows:   case_id, events UInt64, listed UInt32 (0: the list lacks the case)
-- bound:  one row per case
select
    counted.case_id as case_id,
    counted.events as events,
    listed.seq as listed
from
(
    select case_id, uniqExact(seq, hash) as events
    from case_events
    where empty({cases:Array(String)}) or case_id in {cases:Array(String)}
    group by case_id
) as counted
left join
(
    select case_id, seq
    from cases final
) as listed on listed.case_id = counted.case_id
