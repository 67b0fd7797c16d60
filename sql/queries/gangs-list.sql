-- Stored gangs of some tenants that began before an instant, of the runs that were still under way, or
-- had ended shortly before it: those that gangs after the instant can go on from.
-- params: tenants Array(String), since DateTime64(3) (runs that ended before it are left out), first
--         DateTime64(3) (when the earliest of the others began), before DateTime64(3)
-- rows:   one per gang, in no order; start and end in milliseconds since 1970; the parts of its links in
--         arrays of their own; hash changes when it is written anew (gangs-digest adds them up). As they
--         are, cells of years of gangs take half the time to read
-- bound:  gangs of runs of these tenants that ended at or after `since`
select
    toString(tenant_id) as tenant_id, toString(chip) as chip, fabric_id, gang_id,
    toFloat64(toUnixTimestamp64Milli(day_gangs.start)) as start, toFloat64(toUnixTimestamp64Milli(day_gangs.end)) as end,
    devices, first_device, nodes, site, workloads, sample_s, edge_s, device_s, energy_j, flop_lo, flop_mid, flop_hi, tier,
    tensor_mean, power_mean_w, links.1 as link_gangs, links.2 as link_ps, links.3 as link_stages, run_id,
    toString(cityHash64(tenant_id, gang_id, run_id, build)) as hash
from day_gangs final
where tenant_id in {tenants:Array(String)}
  and day_gangs.start >= {first:DateTime64(3, 'UTC')} and day_gangs.start < {before:DateTime64(3, 'UTC')}
  and run_id in (
      select run_id from runs final
      where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')})
