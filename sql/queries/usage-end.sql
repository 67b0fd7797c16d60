-- The last hour that any tick has priced, buried or not.
-- params: none
-- rows:   last_hour (1970-01-01 where there is none)
-- bound:  the bounds of the parts of usage_hours
select max(hour) as last_hour from usage_hours
