-- Answers that are still open, so that a subject that is gone, or a detector that works again, can
-- be settled. Findings are not among them: they have versions of their own.
-- params: limit UInt32
-- rows:   detector_id, subject_kind, subject_id, kind
-- bound:  limit; final, because an answer replaces the one before
select detector_id, subject_kind, subject_id, kind
from outcomes final
where kind in ('inconclusive', 'failed')
order by detector_id, subject_kind, subject_id
limit {limit:UInt32}
