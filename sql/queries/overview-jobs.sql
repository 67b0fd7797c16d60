-- What the job ids that telemetry carried add up to. A hint for the reader, never the basis of a
-- run: ids are the customer's to choose.
-- params: until DateTime64(3), limit UInt32
-- rows:   one per tenant and job id
-- bound:  limit
select
    tenant_id,
    workload_id,
    min(first_seen) as start,
    max(last_seen) as end,
    uniqExact(device_id) as meters,
    toFloat64(sum(toInt64(round(energy_j)))) as energy_j,
    sum(toInt64(round(device_s * 1000))) / 1000 as device_s,
    toFloat64(sum(toInt128(round(dh.flop_lo)))) as flop_lo,
    toFloat64(sum(toInt128(round(dh.flop_mid)))) as flop_mid,
    toFloat64(sum(toInt128(round(dh.flop_hi)))) as flop_hi
from device_hours as dh final
where workload_id != '' and hour < {until:DateTime64(3, 'UTC')}
group by tenant_id, workload_id
order by start, workload_id
limit {limit:UInt32}
