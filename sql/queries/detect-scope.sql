-- The tenants whose answers a change in some tenants can change: all members of their control groups
-- and of the entities that links make of them.
-- params: tenants Array(String)
-- rows:   tenant_id
-- bound:  members of the groups of the tenants; final, because a rebuild moves members
select tenant_id
from
(
    select tenant_id
    from group_members final
    where group_id in (select group_id from group_members final where tenant_id in {tenants:Array(String)})
    union distinct
    select tenant_id
    from account_links final
    where level = 'possible'
      and entity_id in (select entity_id from account_links final where level = 'possible' and tenant_id in {tenants:Array(String)})
)
order by tenant_id
