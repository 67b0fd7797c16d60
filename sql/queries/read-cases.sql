-- Cases by id that were open in a window, at least in part.
-- params: from DateTime64(3), until DateTime64(3), open_only Bool, groups, tenants Array(String)
--         (empty = all), after String (last id of the page before), limit UInt32
-- rows:   the columns of `cases`; seq is the number of events that stand
-- bound:  limit. final: the row of the newest event counts
select
    case_id,
    cases.version as seq,
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
    and opened_at < {until:DateTime64(3, 'UTC')}
    and (is_open = 1 or updated_at >= {from:DateTime64(3, 'UTC')})
    and (is_open = 1 or not {open_only:Bool})
    and (empty({groups:Array(String)}) or has({groups:Array(String)}, group_id))
    and (empty({tenants:Array(String)}) or hasAny({tenants:Array(String)}, tenant_ids))
order by case_id
limit {limit:UInt32}
