-- Replicated tables of this node that cannot be written because Keeper is out of reach.
-- params: none
-- rows:   name
select table as name
from system.replicas
where database = currentDatabase() and is_readonly
