-- What the tenants' hours of a window add up to, by tenant, chip and tier.
-- params: tenants Array(String), start DateTime64(3), end DateTime64(3)
-- rows:   tenant_id, chip, tier, hours, observed and dark device seconds, operations of both
-- bound:  hours in the window of the tenants; final, because a rebuild replaces hours
select
    tenant_id, chip, tier,
    uniqExact(hour) as hours,
    sum(observed_device_s) as observed_s,
    sum(dark_device_s) as dark_s,
    sum(observed_lo + dark_lo) as lo,
    sum(observed_mid + dark_mid) as mid,
    sum(observed_hi + dark_hi) as hi
from usage_hours final
where has({tenants:Array(String)}, tenant_id)
    and hour >= toStartOfHour({start:DateTime64(3, 'UTC')}) and hour < {end:DateTime64(3, 'UTC')}
group by tenant_id, chip, tier
order by tenant_id, mid desc, chip, tier
