-- How far the last finished tick looked, and the settings that its numbers rest on.
-- params: none
-- rows:   until, meter_basis, derive_basis
-- bound:  one row
select until, meter_basis, derive_basis
from ticks final
order by build desc
limit 1
