-- What a part is settled with where some of its samples may be stored already, or repeat.
-- contested: hours of devices that must be looked at, and the newest sample known before them
--            (milliseconds; beyond any time where nothing is known).
-- met:       their rows beside what is stored under the same identity.
-- excluded:  rows that are not to be written.
-- bound:  the rows of a part
create or replace temporary table contested
(
    device_id String,
    hour      DateTime('UTC'),
    newest    Float64
)
engine = Memory
-- ;
create or replace temporary table met
(
    row            Float64,
    hour           DateTime('UTC'),
    device_id      String,
    end_ms         Float64,
    start_ms       Float64,
    counters       UInt8,
    is_new         UInt8,
    version        UInt128,
    tenant_id      String,
    offset         UInt64,
    copies         UInt32,
    is_held        UInt8,
    held_version   UInt128,
    held_tenant_id String,
    held_source    String,
    held_offset    UInt64
)
engine = Memory
-- ;
create or replace temporary table excluded
(
    row Float64
)
engine = Memory
