-- How many samples of a part are staged.
-- params: none
-- rows:   one: staged UInt64
-- bound:  one row
select count() as staged
from staged
