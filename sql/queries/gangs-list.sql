-- Stored gangs of one tenant that began in a stretch of time.
-- params: tenant_id, since DateTime64(3), before DateTime64(3)
-- rows:   one per gang
-- bound:  gangs of this tenant in [since, before)
select
    tenant_id, toString(chip) as chip, fabric_id, gang_id, start, end, devices, first_device, nodes, site, workloads,
    device_s, energy_j, flop_lo, flop_mid, flop_hi, tier, tensor_mean, power_mean_w
from gangs final
where tenant_id = {tenant_id:String}
  and start >= {since:DateTime64(3, 'UTC')} and start < {before:DateTime64(3, 'UTC')}
order by start, gang_id
