-- How far a partition was read, and by whom: the newest claim, and where what was read under it
-- ends. Of claims of one epoch the larger instance is the newest.
-- params: topic String, partition UInt32
-- rows:   epoch, incarnation, instance, next (offset); none for a partition that nobody has read
-- bound:  one row; reads the lines of the newest epoch
with
    (
        select max(tuple(epoch, instance)) from partition_parts
        where topic = {topic:String} and partition = {partition:UInt32} and kind = 'claim'
            and epoch = (
                select max(epoch) from partition_parts
                where topic = {topic:String} and partition = {partition:UInt32})
    ) as newest
select
    any(newest.1) as epoch,
    max(partition_parts.incarnation) as incarnation,
    any(newest.2) as instance,
    max(offset_next) as next
from partition_parts
where topic = {topic:String} and partition = {partition:UInt32}
    and partition_parts.epoch = newest.1 and partition_parts.instance = newest.2
having count() > 0
