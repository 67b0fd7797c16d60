-- Hours of devices in a part that must be looked at, and the newest sample known before it
-- (milliseconds; beyond any time where nothing is known).
-- params: none
-- bound:  the rows of a part
create or replace temporary table contested
(
    device_id String,
    hour      DateTime('UTC'),
    newest    Float64
)
engine = Memory
