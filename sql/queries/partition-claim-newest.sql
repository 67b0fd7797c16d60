-- The newest claim of a partition, of those from an epoch on. Of claims of one epoch the larger
-- instance is the newest.
-- params: topic String, partition UInt32, epoch UInt64
-- rows:   epoch, instance; none when there is no such claim
-- bound:  one row; asked after every part, so it looks at no older lines than it must
select max(tuple(partition_parts.epoch, partition_parts.instance)) as newest, newest.1 as epoch, newest.2 as instance
from partition_parts
where topic = {topic:String} and partition = {partition:UInt32} and kind = 'claim'
    and partition_parts.epoch >= {epoch:UInt64}
having count() > 0
