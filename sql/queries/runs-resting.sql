-- The latest instant at or before `before` at which no stored run of the tenant was under way. What
-- lies before it can be left as it is: no run reaches over it.
-- params: tenant_id, before DateTime64(3)
-- rows:   resting, one row
-- bound:  runs of this tenant
with
    ordered as
    (
        select start, end,
            max(end) over (order by start, run_id rows between unbounded preceding and 1 preceding) as busy_until
        from runs final
        where tenant_id = {tenant_id:String}
    ),
    clustered as
    (
        select start, end, sum(start > busy_until) over (order by start rows unbounded preceding) as cluster
        from ordered
    )
select least(
    {before:DateTime64(3, 'UTC')},
    ifNull((
        select min(start) as began from clustered
        group by cluster
        having began < {before:DateTime64(3, 'UTC')} and max(end) >= {before:DateTime64(3, 'UTC')}
    ), {before:DateTime64(3, 'UTC')})) as resting
