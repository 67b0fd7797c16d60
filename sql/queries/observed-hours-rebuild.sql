-- Adds device-hours up by tenant and chip: what telemetry saw of an hour, kept so that pricing a day does
-- not add its devices up again. observed-hours-bury then removes the keys that were not found.
-- params: hours Array(DateTime), everybody UInt8, or else tenants Array(String); build UInt64
-- bound:  the device-hours of these hours
insert into observed_hours
select
    tenant_id,
    hour,
    chip,
    sum(device_count),
    sum(toInt64(round(device_s * 1000))),
    sum(toInt64(round(busy_device_s * 1000))),
    sum(toInt64(round(energy_j))),
    toFloat64(sum(toInt128(round(flop_lo)))),
    toFloat64(sum(toInt128(round(flop_mid)))),
    toFloat64(sum(toInt128(round(flop_hi)))),
    arrayReverseSort([
        (sum(toInt64(t1_s)), 'T1'), (sum(toInt64(t2_s)), 'T2'), (sum(toInt64(t3_s)), 'T3'),
        (sum(toInt64(t4_s)), 'T4'), (sum(toInt64(unmetered_s)), 'T5')])[1].2,
    {build:UInt64},
    0
from device_hours final
where hour in {hours:Array(DateTime('UTC'))}
  and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
group by tenant_id, hour, chip
