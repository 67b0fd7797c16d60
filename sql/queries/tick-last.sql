-- How far the last finished tick looked.
-- params: none
-- rows:   until
-- bound:  one row
select until
from ticks final
order by build desc
limit 1
