-- Whether the reference rows of a version are in the store; chips are written last of them.
-- params: version String
-- rows:   chips UInt64
-- bound:  one row
select count() as chips
from chips
where version = {version:String}
