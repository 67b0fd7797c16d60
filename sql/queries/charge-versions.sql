-- What is stored under the identities of some charges, in whatever generation.
-- params: tenants Array(String), ids Array(String), from DateTime64(3), until DateTime64(3)
-- rows:   tenant_id, charge_id, start, end, generation (text), version (decimal text)
-- bound:  ids times the generations of their billing periods. final: the winner of each identity
select
    tenant_id,
    charge_id,
    charges.start as start,
    charges.end as end,
    toString(generation) as generation,
    toString(version) as version
from charges final
where tenant_id in {tenants:Array(String)}
  and charges.start >= {from:DateTime64(3, 'UTC')} and charges.start <= {until:DateTime64(3, 'UTC')}
  and charge_id in {ids:Array(String)}
