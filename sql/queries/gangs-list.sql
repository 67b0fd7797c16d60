-- Stored gangs of some tenants that began before an instant, of the runs that were still under way, or
-- had ended shortly before it: those that gangs after the instant can go on from.
-- params: tenants Array(String), since DateTime64(3) (runs that ended before it are left out), first
--         DateTime64(3) (when the earliest of the others began), before DateTime64(3)
-- rows:   one per gang, in no order
-- bound:  gangs of runs of these tenants that ended at or after `since`
select
    toString(tenant_id) as tenant_id, toString(chip) as chip, fabric_id, gang_id, start, end, devices, first_device, nodes,
    site, workloads, sample_s, edge_s, device_s, energy_j, flop_lo, flop_mid, flop_hi, tier, tensor_mean, power_mean_w, links, run_id
from day_gangs final
where tenant_id in {tenants:Array(String)}
  and start >= {first:DateTime64(3, 'UTC')} and start < {before:DateTime64(3, 'UTC')}
  and run_id in (
      select run_id from runs final
      where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')})
