-- Which gangs of some tenants are stored from an instant on, for those that a rebuild no longer finds.
-- params: tenants Array(String), from DateTime64(3)
-- rows:   tenant_id, start, gang_id
-- bound:  gangs of these tenants that start at or after `from`, of which the key is read
select toString(tenant_id) as tenant_id, start, gang_id
from day_gangs final
where tenant_id in {tenants:Array(String)} and start >= {from:DateTime64(3, 'UTC')}
