-- Samples that the store holds from some partitions, of a span of offsets of each.
-- params: sources Array(String), firsts and nexts Array(UInt64) (offsets of each: from the one, before
--         the other), from DateTime64(3) (no sample of theirs lies before it)
-- rows:   source, rows
-- bound:  one row per source; one scan of the days since `from`. final: what counts once
select toString(samples.source) as source, count() as rows
from samples final
where hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
    and has({sources:Array(String)}, samples.source)
    and source_offset >= arrayElement({firsts:Array(UInt64)}, indexOf({sources:Array(String)}, samples.source))
    and source_offset < arrayElement({nexts:Array(UInt64)}, indexOf({sources:Array(String)}, samples.source))
group by source
order by source
