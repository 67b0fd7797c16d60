-- When the stored gangs of these tenants ran, to find how far back a change reaches.
-- params: tenants Array(String), since DateTime64(3)
-- rows:   tenant_id, start, end
-- bound:  gangs of these tenants that ended after `since`
select tenant_id, start, end
from gangs final
where tenant_id in {tenants:Array(String)} and end >= {since:DateTime64(3, 'UTC')}
order by tenant_id, start desc
