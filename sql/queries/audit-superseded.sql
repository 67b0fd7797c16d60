-- Samples of some partitions that were accepted and have since been replaced by another content, of a
-- span of offsets of each.
-- params: sources Array(String), firsts and nexts Array(UInt64) (offsets of each: from the one, before
--         the other), from DateTime64(3) (no sample of theirs lies before it)
-- rows:   source, rows
-- bound:  one row per source; one scan of the months since `from`
select toString(sample_losers.source) as source, count() as rows
from sample_losers final
where hour >= toStartOfHour({from:DateTime64(3, 'UTC')})
    and was_stored = 1
    and has({sources:Array(String)}, sample_losers.source)
    and source_offset >= arrayElement({firsts:Array(UInt64)}, indexOf({sources:Array(String)}, sample_losers.source))
    and source_offset < arrayElement({nexts:Array(UInt64)}, indexOf({sources:Array(String)}, sample_losers.source))
group by source
order by source
