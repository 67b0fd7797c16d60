-- The ledger of partitions: what of each was read since an instant, in all.
-- params: since DateTime64(3) (of receipt)
-- rows:   topic, partition, incarnation, stream, parts, offset_first, offset_next, messages, consumed,
--         accepted, duplicates, quarantined, time_min (of the samples)
-- bound:  one row per partition and incarnation. Only parts that stand
select
    toString(topic) as topic,
    partition,
    incarnation,
    any(part.stream) as stream,
    count() as parts,
    min(part.offset_first) as offset_first,
    max(part.offset_next) as offset_next,
    sum(part.messages) as messages,
    sum(part.consumed) as consumed,
    sum(part.accepted) as accepted,
    sum(part.duplicates) as duplicates,
    sum(part.quarantined) as quarantined,
    min(part.time_min) as time_min
from partition_parts_standing as part
where part.received_at >= {since:DateTime64(3, 'UTC')}
group by topic, partition, incarnation
order by topic, partition, incarnation
