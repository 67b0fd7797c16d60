-- Marks every hour that holds samples or charges as dirty: the factors or the settings of the meter
-- have changed, and a sum over hours built under two of them would mean neither.
-- params: batch_id, at DateTime64(3)
-- bound:  one row per hour of history; runs only when the basis changes
insert into hour_marks (hour, batch_id, state, at)
select hour, {batch_id:String}, 1, {at:DateTime64(3, 'UTC')}
from
(
    select distinct hour from samples
    union distinct
    select distinct hour from usage_hours
)
