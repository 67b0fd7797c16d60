-- Rows of a part that are not to be written.
-- params: none
-- bound:  the rows of a part
create or replace temporary table excluded
(
    row Float64
)
engine = Memory
