-- Identities under which two contents of one revision came in, per tenant and hour.
-- params: from DateTime64(3), until DateTime64(3), limit UInt32
-- rows:   hour, tenant_id (of the stored sample), conflicts UInt64
-- bound:  limit. final: a loser reported twice is one
select hour, tenant_id, count() as conflicts
from
(
    select hour, device_id, time, revision, argMax(tenant_id, is_stored) as tenant_id
    from
    (
        select hour, device_id, time, version, revision, tenant_id, 0 as is_stored
        from sample_losers final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
        union all
        select hour, device_id, time, version, revision, tenant_id, 1 as is_stored
        from samples final
        where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
          and (hour, device_id, time) in (
              select hour, device_id, time from sample_losers
              where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')})
    )
    group by hour, device_id, time, revision
    having uniqExact(version) > 1
)
group by hour, tenant_id
order by hour, tenant_id
limit {limit:UInt32}
