-- Whether the reference rows of a version are in the store; rates are written last of them.
-- params: version String
-- rows:   rates UInt64
-- bound:  one row
select count() as rates
from sample_rates
where version = {version:String}
