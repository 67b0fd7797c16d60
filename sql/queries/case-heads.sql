-- The newest event of each case, and the event that the list of cases has been brought up to.
-- params: cases Array(String) (empty = all)
-- rows:   case_id, seq UInt32, hash (of that event), listed UInt32 (0: the list lacks the case)
-- bound:  one row per case
select
    heads.case_id as case_id,
    heads.last_seq as seq,
    heads.last_hash as hash,
    listed.seq as listed
from
(
    select case_id, max(seq) as last_seq, argMax(hash, seq) as last_hash
    from case_events
    where empty({cases:Array(String)}) or has({cases:Array(String)}, case_id)
    group by case_id
) as heads
left join
(
    select case_id, seq
    from cases final
) as listed on listed.case_id = heads.case_id
