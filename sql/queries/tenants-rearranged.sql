-- Tenants whose commitments were recorded since the last tick began: what could result from an
-- arrangement changes with the arrangement, whether or not anything runs. Ten minutes more are
-- looked at, because the clocks of the writer and of the tick may differ.
-- rows:   tenant_id
-- bound:  revisions of commitments since the last tick
select distinct tenant_id
from commitments final
where tenant_id != ''
    and ingested_at >= (select max(started_at) from ticks) - toIntervalMinute(10)
order by tenant_id
