-- Whether the rows of gangs-list are still those that were read: the sum of their hashes.
-- params: tenants Array(String), since DateTime64(3), first DateTime64(3), before DateTime64(3), as in gangs-list
-- rows:   one: digest String, '0' without gangs
-- bound:  one row; reads what gangs-list does, five columns of it
select toString(sum(cityHash64(tenant_id, gang_id, run_id, build))) as digest
from day_gangs final
where tenant_id in {tenants:Array(String)}
  and day_gangs.start >= {first:DateTime64(3, 'UTC')} and day_gangs.start < {before:DateTime64(3, 'UTC')}
  and run_id in (
      select run_id from runs final
      where tenant_id in {tenants:Array(String)} and runs.end >= {since:DateTime64(3, 'UTC')})
