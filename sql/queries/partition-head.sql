-- How far a partition was read, and by whom: the newest claim, and where what it read ends.
-- params: topic String, partition UInt32
-- rows:   epoch, incarnation, instance, next (offset); none for a partition that nobody has read
-- bound:  one row; reads the lines of the newest epoch
with
    (
        select max(epoch) from partition_parts
        where topic = {topic:String} and partition = {partition:UInt32}
    ) as newest
select
    epoch,
    max(partition_parts.incarnation) as incarnation,
    maxIf(partition_parts.instance, kind = 'claim') as instance,
    max(offset_next) as next
from partition_parts
where topic = {topic:String} and partition = {partition:UInt32} and epoch = newest
group by epoch
