-- Where the parts of a partition do not join: offsets that no part covers, or that two do. `reason`
-- is that of the claim which begins after the hole, '' where nobody said why.
-- params: since DateTime64(3) (of receipt), limit UInt32
-- rows:   topic, partition, incarnation, offset_from, offset_to, kind (missing, overlap), reason
-- bound:  limit. Only parts that stand
with
    joined as
    (
        select
            toString(topic) as at_topic,
            partition,
            incarnation,
            offset_first,
            received_at,
            lagInFrame(offset_next, 1, offset_first) over (
                partition by topic, partition, incarnation order by offset_first
                rows between 1 preceding and current row) as before_next
        from partition_parts_standing
    ),
    claims as
    (
        select toString(topic) as claim_topic, partition, offset_first, argMax(reason, epoch) as claim_reason
        from partition_parts final
        where kind = 'claim'
        group by claim_topic, partition, offset_first
    )
select
    at_topic as topic,
    joined.partition as partition,
    joined.incarnation as incarnation,
    least(before_next, joined.offset_first) as offset_from,
    greatest(before_next, joined.offset_first) as offset_to,
    if(before_next < joined.offset_first, 'missing', 'overlap') as kind,
    claim_reason as reason
from joined
left join claims
    on claim_topic = at_topic and claims.partition = joined.partition and claims.offset_first = joined.offset_first
where before_next != joined.offset_first and received_at >= {since:DateTime64(3, 'UTC')}
order by topic, partition, offset_from
limit {limit:UInt32}
