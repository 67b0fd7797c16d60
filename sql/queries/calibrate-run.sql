-- What telemetry says of one run whose operations are known: the estimate, the chips, the time on
-- each kind of evidence, and the formats that samples attested.
-- params: tenant_id; workload_id ('' = all of the tenant's); start, end DateTime64(3)
-- rows:   one, without chips where nothing was metered
-- bound:  device-hours and samples of the hours that the run touches
with
    toStartOfHour({start:DateTime64(3, 'UTC')}) as first_hour,
    attested as
    (
        select groupUniqArray(toString(precision)) as formats
        from samples final
        where hour >= first_hour and hour < {end:DateTime64(3, 'UTC')}
            and tenant_id = {tenant_id:String}
            and ({workload_id:String} = '' or workload_id = {workload_id:String})
    )
select
    arraySort(groupUniqArray(toString(chip))) as chips,
    toFloat64(sum(toInt128(round(dh.flop_mid)))) as flop_mid,
    sum(dh.device_s) as device_s,
    sum(dh.t1_s) as t1_s,
    sum(dh.t2_s) as t2_s,
    sum(dh.t3_s) as t3_s,
    sum(dh.t4_s) as t4_s,
    (select formats from attested) as precisions
from device_hours as dh final
where tenant_id = {tenant_id:String}
    and ({workload_id:String} = '' or workload_id = {workload_id:String})
    and hour >= first_hour and hour < {end:DateTime64(3, 'UTC')}
