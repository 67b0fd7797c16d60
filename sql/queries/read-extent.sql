-- From when to when usage is stored, and how far the last finished tick looked.
-- params: none
-- rows:   first_hour, last_hour, until (null while nothing is stored)
-- bound:  one row; reads one column of usage_hours
select
    (select if(count() = 0, null, min(hour)) from usage_hours) as first_hour,
    (select if(count() = 0, null, max(hour)) from usage_hours) as last_hour,
    (select if(count() = 0, null, argMax(until, build)) from ticks) as until
