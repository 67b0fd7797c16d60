-- Which of some accesses are stored.
-- params: tenants Array(String), ids Array(String), from DateTime64(3), until DateTime64(3)
-- rows:   tenant_id, access_id, time
-- bound:  one row per access
select tenant_id, access_id, accesses.time as time
from accesses final
where tenant_id in {tenants:Array(String)}
  and accesses.time >= {from:DateTime64(3, 'UTC')} and accesses.time <= {until:DateTime64(3, 'UTC')}
  and access_id in {ids:Array(String)}
