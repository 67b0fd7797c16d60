-- Pairs of accounts that standing findings say to work as one: they stand still together, or one
-- went on with the work of the other.
-- params: since DateTime64(3)
-- rows:   kind (stall, baton), value (the finding), tenants, at
-- bound:  latest versions of the findings of two detectors that were made at or after `since`
select
    if(detector = 'cross-account-costall', 'stall', 'baton') as kind,
    finding_id as value,
    tenants,
    made as at
from
(
    select
        finding_id,
        argMax(toString(detector_id), (version, build)) as detector,
        argMax(tenant_ids, (version, build)) as tenants,
        argMax(state, (version, build)) as latest,
        max(detected_at) as made
    from findings
    where detector_id in ('cross-account-costall', 'baton-handoff') and detected_at >= {since:DateTime64(3, 'UTC')}
    group by finding_id
)
where latest != 'withdrawn' and length(tenants) = 2
order by value
