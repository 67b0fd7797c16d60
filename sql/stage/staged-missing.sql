-- Rows of a part that are not staged: lines that the reader in TypeScript must look at.
-- params: rows UInt32 (rows 0 .. rows - 1 were given out)
-- rows:   one: rows Array(UInt32) in order, staged UInt64
-- bound:  the rows of a part
select
    arraySort(groupArray(toUInt32(number))) as rows,
    (select count() from staged) as staged
from numbers({rows:UInt32})
where toFloat64(number) not in (select row from staged)
