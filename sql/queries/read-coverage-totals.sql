-- How much of a fleet's device time was seen in a window, in all.
-- params: from DateTime64(3), until DateTime64(3)
-- rows:   tenants, observed_device_s, billed_device_s, dark_device_s, dark_lo, dark_mid, dark_hi,
--         unattributed_device_s, unattributed_lo, unattributed_mid, unattributed_hi (compute without
--         a tenant), unknown_chip_device_s
-- bound:  one row; hours of the window. final: hours are rebuilt
select
    uniqExactIf(tenant_id, tenant_id != '') as tenants,
    sum(usage.observed_device_s) as observed_device_s,
    sum(usage.billed_device_s) as billed_device_s,
    sum(usage.dark_device_s) as dark_device_s,
    sum(usage.dark_lo) as dark_lo,
    sum(usage.dark_mid) as dark_mid,
    sum(usage.dark_hi) as dark_hi,
    sumIf(usage.observed_device_s + usage.dark_device_s, tenant_id = '') as unattributed_device_s,
    sumIf(usage.observed_lo + usage.dark_lo, tenant_id = '') as unattributed_lo,
    sumIf(usage.observed_mid + usage.dark_mid, tenant_id = '') as unattributed_mid,
    sumIf(usage.observed_hi + usage.dark_hi, tenant_id = '') as unattributed_hi,
    sumIf(usage.observed_device_s + usage.dark_device_s, chip = 'unknown') as unknown_chip_device_s
from usage_hours as usage final
where hour >= {from:DateTime64(3, 'UTC')} and hour < {until:DateTime64(3, 'UTC')}
