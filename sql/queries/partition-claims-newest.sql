-- The newest claim of each of some partitions, of those from an epoch on. Of claims of one epoch the
-- larger instance is the newest.
-- params: topics Array(String), partitions Array(UInt32) (pairs, of one length), epoch_min UInt64
-- rows:   topic, partition, epoch, instance; none of a partition without such a claim
-- bound:  one row per partition; asked after every part, so it looks at no older lines than it must
select
    toString(partition_parts.topic) as topic,
    partition_parts.partition as partition,
    max(tuple(partition_parts.epoch, partition_parts.instance)) as newest,
    newest.1 as epoch,
    newest.2 as instance
from partition_parts
where partition_parts.topic in {topics:Array(String)} and partition_parts.partition in {partitions:Array(UInt32)}
    and kind = 'claim' and partition_parts.epoch >= {epoch_min:UInt64}
group by topic, partition
