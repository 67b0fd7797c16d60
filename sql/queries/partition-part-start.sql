-- Where the part begins that holds an offset, to read again from there: parts are not cut.
-- params: topic String, partition UInt32, offset UInt64
-- rows:   offset_first; none when no part holds the offset
-- bound:  one row. Only parts that stand
select max(part.offset_first) as offset_first
from partition_parts_standing as part
where topic = {topic:String} and partition = {partition:UInt32}
    and part.offset_first <= {offset:UInt64} and part.offset_next > {offset:UInt64}
having count() > 0
