-- Whether the store answers.
-- params: none
-- rows:   answer (1)
-- bound:  one row, no table
select 1 as answer
