-- Rows of a part that are not staged: lines that the reader in TypeScript must look at.
-- params: rows UInt32 (rows 0 .. rows - 1 were given out)
-- rows:   one: rows Array(UInt32)
-- bound:  the rows of a part
select groupArray(toUInt32(number)) as rows
from numbers({rows:UInt32})
where toFloat64(number) not in (select row from staged)
