-- The samples of one part, before they are settled. Lives in one connection and dies with it.
-- `version` is computed here for both readers of samples: revision * 2^64 + hash of the content as
-- the sender said it, with what is missing spelled out (no number is below 0). Not a cryptographic
-- hash, which would take four times as long: telemetry is the provider's own.
-- row: the order in which they came; records that share a line lie between two whole numbers.
-- params: none
-- bound:  the rows of a part
create or replace temporary table staged
(
    row                 Float64,
    hour                DateTime('UTC') materialized toStartOfHour(time - interval 1 millisecond),
    device_id           String,
    time                DateTime64(3, 'UTC'),
    version             UInt128 materialized bitOr(bitShiftLeft(toUInt128(revision), 64), toUInt128(cityHash64(
        tenant_id, interval_s, accelerator, device_count, slice, node_id, fabric_id, site, region,
        workload_id, declared_use, ifNull(tensor_active, -1.), ifNull(sm_active, -1.),
        ifNull(dram_active, -1.), ifNull(gpu_util, -1.), ifNull(fp64_active, -1.),
        ifNull(fp32_active, -1.), ifNull(fp16_active, -1.), ifNull(mma_cycles_total, -1.),
        ifNull(sm_cycles_total, -1.), ifNull(sm_clock_mhz, -1.), ifNull(power_w, -1.), power_scope,
        ifNull(energy_total_j, -1.), ifNull(memory_used_bytes, -1.), ifNull(nvlink_tx_bytes, -1.),
        ifNull(nvlink_rx_bytes, -1.), ifNull(net_tx_bytes, -1.), ifNull(net_rx_bytes, -1.),
        ifNull(pcie_tx_bytes, -1.), ifNull(pcie_rx_bytes, -1.), ifNull(storage_read_bytes, -1.),
        ifNull(storage_write_bytes, -1.), precision, precision_source, ifNull(operations, -1.),
        extra))),
    revision            UInt32,
    tenant_id           LowCardinality(String),
    interval_s          Float64,
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
    power_scope         LowCardinality(String),
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
    precision           LowCardinality(String),
    precision_source    LowCardinality(String),
    operations          Nullable(Float64),
    extra               String,
    batch_id            LowCardinality(String),
    source              LowCardinality(String),
    source_offset       UInt64,
    ingested_at         DateTime64(3, 'UTC')
)
engine = Memory
