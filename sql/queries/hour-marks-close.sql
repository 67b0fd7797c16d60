-- Marks as done what a finished tick answered for: batches that were stored before it began. An
-- open mark stays, unless its writer is certain to be gone: insert timeouts are far below that.
-- params: hours Array(DateTime), batches Array(String) that the tick saw stored, opens Array(String)
--         that it saw open, at DateTime64(3), stale_before DateTime64(3)
-- bound:  the marks of these hours
insert into hour_marks (hour, batch_id, state, at, since)
select hour, batch_id, 2, {at:DateTime64(3, 'UTC')}, since
from hour_marks final
where hour in {hours:Array(DateTime('UTC'))}
  and ((state = 1 and batch_id in {batches:Array(String)})
    or (state = 0 and batch_id in {opens:Array(String)} and at < {stale_before:DateTime64(3, 'UTC')}))
