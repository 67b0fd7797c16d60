-- Records in quarantine from some partitions, of a span of offsets of each.
-- params: sources Array(String), firsts and nexts Array(UInt64) (offsets of each: from the one, before
--         the other)
-- rows:   source (of the partition), rows
-- bound:  one row per source; one scan of quarantine
select splitByChar('@', quarantine.source)[1] as source, uniqExact(quarantine_id) as rows
from quarantine
where has({sources:Array(String)}, splitByChar('@', quarantine.source)[1])
    and toUInt64OrZero(splitByChar('@', quarantine.source)[2])
        >= arrayElement({firsts:Array(UInt64)}, indexOf({sources:Array(String)}, splitByChar('@', quarantine.source)[1]))
    and toUInt64OrZero(splitByChar('@', quarantine.source)[2])
        < arrayElement({nexts:Array(UInt64)}, indexOf({sources:Array(String)}, splitByChar('@', quarantine.source)[1]))
group by source
order by source
