-- Tenants of subjects that their next answers may take across a limit: a bound lies just below it.
-- params: detectors Array(String), limits Array(String) (pairs, of one length), near_share Float64
-- rows:   tenant_id
-- bound:  the tenants of these subjects; final, because an answer replaces the one before
with
    near as
    (
        select subject_kind, subject_id
        from outcomes final
        where detector_id in {detectors:Array(String)}
          and arrayExists(
              (detector, limit) -> detector = detector_id and arrayExists(
                  bound -> bound < limit and bound >= limit * (1 - {near_share:Float64}),
                  [measured_lo, measured_mid, measured_hi]),
              {detectors:Array(String)}, arrayMap(limit -> toFloat64(limit), {limits:Array(String)}))
    )
select distinct tenant_id
from
(
    select subject_id as tenant_id from near where subject_kind = 'tenant'
    union all
    select toString(tenant_id) from runs final
    where run_id in (select subject_id from near where subject_kind = 'run')
    union all
    select toString(tenant_id) from group_members final
    where group_id in (select subject_id from near where subject_kind = 'group')
    union all
    select tenant_id from account_links final
    where entity_id in (select subject_id from near where subject_kind = 'group')
)
order by tenant_id
