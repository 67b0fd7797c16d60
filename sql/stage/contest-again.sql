-- Of the contested samples those that are stored already, just so, and occur once.
-- params: source String (where the part comes from, '' where nothing is met again as its own)
-- rows:   one: rows Array(Float64), own UInt64 (that came from this very source and offset)
-- bound:  the rows of a part
select
    groupArray(row) as rows,
    countIf(held_source = {source:String} and held_source != '' and held_offset = offset) as own
from met
where copies = 1 and is_held and held_version = version
