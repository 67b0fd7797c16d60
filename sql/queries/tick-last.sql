-- How far the last finished tick looked, and the settings that its numbers rest on. A tick that had
-- another beside it settled nothing, so it is none to go on from.
-- params: none
-- rows:   until, meter_basis, derive_basis
-- bound:  one row
select until, meter_basis, derive_basis
from ticks final
where is_alone = 1
order by build desc
limit 1
