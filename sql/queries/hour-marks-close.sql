-- Marks as done what a finished tick answered for. An open mark (its batch not stored yet) stays,
-- unless its writer is certain to be gone: insert timeouts are far below stale_s.
-- params: hours Array(DateTime), batches Array(String) that the tick had seen, at DateTime64(3),
--         stale_before DateTime64(3)
-- bound:  the marks of these hours
insert into hour_marks
select hour, batch_id, 2, {at:DateTime64(3, 'UTC')}
from hour_marks final
where hour in {hours:Array(DateTime('UTC'))}
  and batch_id in {batches:Array(String)}
  and (state = 1 or (state = 0 and at < {stale_before:DateTime64(3, 'UTC')}))
