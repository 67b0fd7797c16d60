-- Runs that had ended by an instant: those that a detector need not be asked about, since nothing of
-- them has changed.
-- params: tenants Array(String) (empty = all), from DateTime64(3), until DateTime64(3), as_of DateTime64(3)
-- rows:   run_id, in no order
-- bound:  runs of the tenants that end in (from, until] and began before `as_of`; final, because they
--         are rebuilt
select run_id
from runs final
where runs.end > {from:DateTime64(3, 'UTC')} and runs.end <= {until:DateTime64(3, 'UTC')}
  and runs.start < {as_of:DateTime64(3, 'UTC')}
  and (empty({tenants:Array(String)}) or tenant_id in {tenants:Array(String)})
