-- One device (or node meter) under one tenant and workload in one block of an hour, as integers that
-- add up to the device-hour: milliseconds, device-microseconds, millijoules, whole operations. Blocks
-- let an hour that goes on be rebuilt from where it changed, not from its beginning. An hour is
-- stored in blocks of one length: five minutes, or one block where it came as a whole.
create table if not exists device_blocks :on_cluster
(
    hour            DateTime('UTC'),
    block           DateTime('UTC'),
    device_id       String,
    tenant_id       LowCardinality(String),
    workload_id     LowCardinality(String),
    -- of the sample that ends last, at last_end_ms (which may lie in a later block)
    chip            LowCardinality(String),
    accelerator     LowCardinality(String),
    node_id         LowCardinality(String),
    fabric_id       LowCardinality(String),
    site            LowCardinality(String),
    region          LowCardinality(String),
    declared_use    LowCardinality(String),
    device_count    UInt32,
    last_end_ms     Int64,
    is_node_meter   UInt8,
    first_ms        Int64,
    last_ms         Int64,
    first_busy_ms   Int64,
    last_busy_ms    Int64,
    covered_ms      Int64,
    unit_us         Int64,
    busy_us         Int64,
    mj              Int64,
    lo              Int128,
    mid             Int128,
    hi              Int128,
    -- of hi, what the power that a node's meter read stands for at most
    powered         Int128,
    t1_us           Int64,
    t2_us           Int64,
    t3_us           Int64,
    t4_us           Int64,
    unmetered_us    Int64,
    silent_us       Int64,
    counter_resets  UInt32,
    tensor_micro_ms Int64,
    tensor_pieces   UInt32,
    -- samples that begin here, or before the hour
    samples         UInt32,
    -- stretches that are busy or without evidence: from, to, first and last busy instant (in
    -- milliseconds; far in the future and 0 where nothing was busy), device-microseconds,
    -- millijoules, operations lo, mid, hi
    stretches       Array(Tuple(Int64, Int64, Int64, Int64, Int64, Int64, Int128, Int128, Int128)),
    build           UInt64,
    is_deleted      UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toDate(hour)
order by (hour, block, device_id, tenant_id, workload_id)
-- ;
-- The earliest instant of the hour that the batch can have changed. Marks that do not say stand for
-- the whole hour.
alter table hour_marks :on_cluster
    add column if not exists since DateTime64(3, 'UTC') default toDateTime64(hour, 3, 'UTC')
-- ;
-- What telemetry saw of one tenant on one chip in one hour: device-hours added up, for usage-hours.
create table if not exists observed_hours :on_cluster
(
    tenant_id   LowCardinality(String),
    hour        DateTime('UTC'),
    chip        LowCardinality(String),
    devices     UInt32,
    observed_ms Int64,
    busy_ms     Int64,
    joules      Int64,
    lo          Float64,
    mid         Float64,
    hi          Float64,
    tier        LowCardinality(String),
    build       UInt64,
    is_deleted  UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toYYYYMM(hour)
order by (hour, tenant_id, chip)
