-- Cases as lists show them, by id.
-- params: open_only Bool, group_id String ('' = all), after String (last id of the page before),
--         limit UInt32
-- rows:   the columns of `cases`
-- bound:  limit. final: the row of the newest event counts
select
    case_id,
    seq,
    group_id,
    ordinal,
    prong,
    state,
    is_open,
    determination,
    severity,
    tenant_ids,
    finding_ids,
    regime_id,
    transaction_at,
    detected_at,
    knowledge_at,
    transaction_due,
    knowledge_due,
    next_due,
    next_clock,
    opened_at,
    updated_at
from cases final
where case_id > {after:String}
    and (is_open = 1 or not {open_only:Bool})
    and ({group_id:String} = '' or group_id = {group_id:String})
order by case_id
limit {limit:UInt32}
