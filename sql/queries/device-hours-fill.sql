-- Device-hours of one tenant whose devices never rest, for the stores of an evaluation alone.
-- params: tenant String, from DateTime64(3), hours UInt32, devices UInt32, build UInt64
-- bound:  hours x devices rows
insert into device_hours
    (tenant_id, hour, device_id, chip, node_id, fabric_id, site, device_count, covered_s, device_s, busy_device_s,
     t2_s, tensor_mean, power_mean_w, samples, islands, build, is_deleted)
select
    {tenant:String},
    toDateTime({from:DateTime64(3, 'UTC')}, 'UTC') + toIntervalHour(intDiv(number, {devices:UInt32})) as at,
    concat('device-', toString(number % {devices:UInt32})),
    'nvidia-h100-sxm5-80gb',
    concat('node-', toString(intDiv(number % {devices:UInt32}, 8))),
    'fabric', 'site', 1, 3600, 3600, 3600, 3600, 0.4, 500, 60,
    [(toDateTime64(at, 3, 'UTC'), toDateTime64(at + 3600, 3, 'UTC'), 3600, 1.8e6, 1e18, 1.4e18, 2e18)],
    {build:UInt64}, 0
from numbers(toUInt64({hours:UInt32}) * {devices:UInt32})
