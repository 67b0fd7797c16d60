-- Reference data as the engine needs it, one version per content of config/. Written at start-up,
-- never edited: an old version stays for the reports that rest on it.
create table if not exists chips :on_cluster
(
    version              String,
    chip                 LowCardinality(String),
    idle_w               Float64,
    tdp_w                Float64,
    host_w               Float64,
    clock_ref_mhz        Nullable(Float64),
    sm_count             Nullable(Float64),
    -- typical provisioned network per chip, where a commitment or inventory does not say
    scale_out_gbit_per_s Nullable(Float64)
)
engine = :engine(ReplacingMergeTree())
order by (version, chip)
-- ;
create table if not exists chip_names :on_cluster
(
    version String,
    name    String,
    chip    LowCardinality(String)
)
engine = :engine(ReplacingMergeTree())
order by (version, name)
-- ;
-- Operations per unit of evidence. Units by tier: T1, T2 tensor-active second of one device at its
-- reference clock; T3 net joule; T4 active second; T5 billed device-second; gap dark device-second;
-- measured one operation that the device itself counted; capacity committed device-second; peak
-- device-second at theoretical maximum (lo 16-bit, mid fastest training format, hi fastest of all).
create table if not exists estimate_factors :on_cluster
(
    version   String,
    chip      LowCardinality(String),
    tier      LowCardinality(String),
    precision LowCardinality(String),
    lo        Float64,
    mid       Float64,
    hi        Float64
)
engine = :engine(ReplacingMergeTree())
order by (version, chip, tier, precision)
-- ;
create table if not exists skus :on_cluster
(
    version      String,
    sku          String,
    chip         LowCardinality(String),
    accelerators Float64
)
engine = :engine(ReplacingMergeTree())
order by (version, sku)
-- ;
-- One device (or node meter) in one hour under one tenant and workload. Rebuilt whole, never
-- added to; a key that a rebuild no longer finds gets a tombstone.
create table if not exists device_hours :on_cluster
(
    tenant_id       LowCardinality(String),
    hour            DateTime('UTC'),
    device_id       String,
    workload_id     LowCardinality(String),
    chip            LowCardinality(String),
    accelerator     LowCardinality(String),
    node_id         LowCardinality(String),
    fabric_id       LowCardinality(String),
    site            LowCardinality(String),
    region          LowCardinality(String),
    declared_use    LowCardinality(String),
    device_count    UInt32,
    first_seen      DateTime64(3, 'UTC'),
    last_seen       DateTime64(3, 'UTC'),
    first_busy      Nullable(DateTime64(3, 'UTC')),
    last_busy       Nullable(DateTime64(3, 'UTC')),
    covered_s       Float64,
    device_s        Float64,
    busy_device_s   Float64,
    energy_j        Float64,
    flop_lo         Float64,
    flop_mid        Float64,
    flop_hi         Float64,
    t1_s            Float64,
    t2_s            Float64,
    t3_s            Float64,
    t4_s            Float64,
    unmetered_s     Float64,
    silent_zero_s   Float64,
    counter_resets  UInt32,
    witness_share   Float64,
    tensor_mean     Nullable(Float64),
    power_mean_w    Nullable(Float64),
    -- busy stretches inside the hour: start, end, device seconds, energy, operations lo, mid, hi
    islands         Array(Tuple(DateTime64(3, 'UTC'), DateTime64(3, 'UTC'), Float64, Float64, Float64, Float64, Float64)),
    samples         UInt32,
    build           UInt64,
    is_deleted      UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toYYYYMM(hour)
order by (tenant_id, hour, device_id, workload_id)
-- ;
-- One tenant on one chip in one hour: what telemetry saw, what billing says beyond it (dark), and
-- the operations of both. Billing is never added to telemetry, it fills what telemetry lacks.
create table if not exists usage_hours :on_cluster
(
    tenant_id         LowCardinality(String),
    hour              DateTime('UTC'),
    chip              LowCardinality(String),
    devices           UInt32,
    observed_device_s Float64,
    busy_device_s     Float64,
    billed_device_s   Float64,
    dark_device_s     Float64,
    dark_method       LowCardinality(String),
    energy_j          Float64,
    observed_lo       Float64,
    observed_mid      Float64,
    observed_hi       Float64,
    dark_lo           Float64,
    dark_mid          Float64,
    dark_hi           Float64,
    tier              LowCardinality(String),
    build             UInt64,
    is_deleted        UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toYYYYMM(hour)
order by (tenant_id, hour, chip)
