-- Access and administration of some tenants' accounts up to an instant, newest first.
-- params: tenants Array(String), until DateTime64(3), limit UInt32
-- rows:   tenant_id, principal, ip, time, action
-- bound:  limit. final: an access sent twice is one
select tenant_id, principal, ip, time, action
from accesses final
where tenant_id in {tenants:Array(String)} and time < {until:DateTime64(3, 'UTC')}
order by time desc, tenant_id, principal, ip, action
limit {limit:UInt32}
