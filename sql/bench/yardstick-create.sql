-- The yardstick: a plain MergeTree that takes accelerator samples as the engine parses them, with
-- no check, no identity and no duplicates settled. Exists only inside `flopwatch bench`.
create table if not exists yardstick
(
    time                DateTime64(3, 'UTC'),
    interval_s          Float64,
    device_id           String,
    tenant_id           LowCardinality(String),
    accelerator         LowCardinality(String),
    device_count        UInt32,
    slice               Float64,
    node_id             LowCardinality(String),
    fabric_id           LowCardinality(String),
    site                LowCardinality(String),
    region              LowCardinality(String),
    workload_id         LowCardinality(String),
    declared_use        LowCardinality(String),
    tensor_active       Nullable(Float64),
    sm_active           Nullable(Float64),
    dram_active         Nullable(Float64),
    gpu_util            Nullable(Float64),
    fp64_active         Nullable(Float64),
    fp32_active         Nullable(Float64),
    fp16_active         Nullable(Float64),
    mma_cycles_total    Nullable(Float64),
    sm_cycles_total     Nullable(Float64),
    sm_clock_mhz        Nullable(Float64),
    power_w             Nullable(Float64),
    energy_total_j      Nullable(Float64),
    memory_used_bytes   Nullable(Float64),
    nvlink_tx_bytes     Nullable(Float64),
    nvlink_rx_bytes     Nullable(Float64),
    net_tx_bytes        Nullable(Float64),
    net_rx_bytes        Nullable(Float64),
    pcie_tx_bytes       Nullable(Float64),
    pcie_rx_bytes       Nullable(Float64),
    storage_read_bytes  Nullable(Float64),
    storage_write_bytes Nullable(Float64),
    operations          Nullable(Float64),
    power_scope         LowCardinality(String),
    precision           LowCardinality(String),
    precision_source    LowCardinality(String),
    revision            UInt32
)
engine = MergeTree
partition by toDate(time)
order by (device_id, time)
