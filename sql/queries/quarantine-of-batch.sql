-- What of one delivery was not taken in.
-- params: batch_id String
-- rows:   quarantine_id
-- bound:  rows of the batch. final: a record sent again belongs to the delivery that sent it last
select quarantine_id
from quarantine final
where batch_id = {batch_id:String}
