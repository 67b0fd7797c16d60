-- A gang: devices of one tenant, chip and fabric that start and stop together.
create table if not exists gangs :on_cluster
(
    tenant_id    LowCardinality(String),
    chip         LowCardinality(String),
    fabric_id    LowCardinality(String),
    gang_id      String,
    start        DateTime64(3, 'UTC'),
    end          DateTime64(3, 'UTC'),
    devices      UInt32,
    first_device String,
    nodes        Array(String),
    site         LowCardinality(String),
    workloads    Array(String),
    device_s     Float64,
    energy_j     Float64,
    flop_lo      Float64,
    flop_mid     Float64,
    flop_hi      Float64,
    tier         LowCardinality(String),
    tensor_mean  Nullable(Float64),
    power_mean_w Nullable(Float64),
    build        UInt64,
    is_deleted   UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
order by (tenant_id, chip, fabric_id, gang_id)
-- ;
-- A run: a chain of gangs that is one computation, interruptions included.
create table if not exists runs :on_cluster
(
    tenant_id   LowCardinality(String),
    run_id      String,
    start       DateTime64(3, 'UTC'),
    end         DateTime64(3, 'UTC'),
    chips       Array(String),
    fabrics     Array(String),
    sites       Array(String),
    workloads   Array(String),
    devices_max UInt32,
    device_s    Float64,
    energy_j    Float64,
    flop_lo     Float64,
    flop_mid    Float64,
    flop_hi     Float64,
    tier        LowCardinality(String),
    -- start, end, devices, gang, probability of the link to the segment before
    segments    Array(Tuple(DateTime64(3, 'UTC'), DateTime64(3, 'UTC'), UInt32, String, Float64)),
    build       UInt64,
    is_deleted  UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
order by (tenant_id, run_id)
-- ;
-- Run ids are never reused: when late data merges, splits or moves a run, this says what became of it.
create table if not exists run_history :on_cluster
(
    run_id    String,
    tenant_id LowCardinality(String),
    change    LowCardinality(String),
    successor String,
    at        DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree())
order by (tenant_id, run_id, at, change, successor)
-- ;
-- Which tenants act as one: one row per tenant and as-of build, with the links that say so.
create table if not exists group_members :on_cluster
(
    group_id   String,
    tenant_id  String,
    links      String,
    build      UInt64,
    is_deleted UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
order by (tenant_id)
