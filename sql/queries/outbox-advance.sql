-- Moves the low-water mark of a sink up to the oldest event that still waits, and never nearer to
-- the present than ten minutes: a row takes its time when its insert begins, and is seen when the
-- insert is done, which statements may take up to four minutes for.
-- params: sink, topic, until (text of a time; far in the future when nothing waits)
-- bound:  one row
insert into published_until (sink, topic, until)
select
    {sink:String},
    {topic:String},
    least({until:DateTime64(6, 'UTC')}, now64(6, 'UTC') - toIntervalMinute(10))
