-- All that was metered and billed of each tenant, as operations and as device time by tier.
-- bound:  one row per tenant; reads all device-hours and usage-hours, for stores of an evaluation
with
    metered as
    (
        select
            toString(tenant_id) as tenant,
            sum(t1_s) as t1, sum(t2_s) as t2, sum(t3_s) as t3, sum(t4_s) as t4, sum(unmetered_s) as none
        from device_hours final
        group by tenant
    )
select
    toString(tenant_id) as tenant_id,
    sum(observed_lo + dark_lo) as lo,
    sum(observed_mid + dark_mid) as mid,
    sum(observed_hi + dark_hi) as hi,
    sum(dark_device_s) as dark_s,
    any(t1) as t1_s, any(t2) as t2_s, any(t3) as t3_s, any(t4) as t4_s, any(none) as unmetered_s
from usage_hours as usage final
left join metered on usage.tenant_id = metered.tenant
group by tenant_id
order by tenant_id
