-- What came in. Rows are keyed by identity, so a row sent twice is stored once; the tenant is an
-- attribute of a sample, not part of its identity. A larger version wins, on every replay alike:
-- version = revision * 2^64 + hash of the content.
create table if not exists samples :on_cluster
(
    hour                DateTime('UTC'),
    device_id           String,
    time                DateTime64(3, 'UTC'),
    version             UInt128,
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
    ingested_at         DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(version))
partition by toDate(hour)
order by (hour, device_id, time)
-- ;
-- Which hours a batch touches. Written open (0) before its rows and stored (1) after them; the
-- meter writes done (2). An hour with an open mark stays dirty, so a crash loses no rebuild.
create table if not exists hour_marks :on_cluster
(
    hour     DateTime('UTC'),
    batch_id String,
    state    UInt8,
    at       DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(state))
partition by toYYYYMM(hour)
order by (hour, batch_id)
-- ;
-- The ledger: consumed = accepted + duplicates + quarantined, per delivery. A long delivery is
-- written part by part and its row replaced by each part; source_hash (SHA-256 of the bytes as
-- they came) is filled by the last one, so an empty hash is a delivery that broke off.
create table if not exists batches :on_cluster
(
    batch_id    String,
    stream      LowCardinality(String),
    source      String,
    source_hash String,
    received_at DateTime64(3, 'UTC'),
    part        UInt32,
    consumed    UInt64,
    accepted    UInt64,
    revised     UInt64,
    duplicates  UInt64,
    conflicts   UInt64,
    quarantined UInt64,
    bytes       UInt64,
    time_min    Nullable(DateTime64(3, 'UTC')),
    time_max    Nullable(DateTime64(3, 'UTC'))
)
engine = :engine(ReplacingMergeTree(part))
partition by toYYYYMM(received_at)
order by (batch_id)
-- ;
-- Contents that lost against another under the same identity, every one of them, so that the set
-- does not depend on the order of arrival. Two contents of one revision (stored or lost) are a
-- conflict, a data-quality signal: see sample-conflicts-count.
create table if not exists sample_conflicts :on_cluster
(
    hour      DateTime('UTC'),
    device_id String,
    time      DateTime64(3, 'UTC'),
    version   UInt128,
    revision  UInt32,
    tenant_id LowCardinality(String),
    batch_id  String
)
engine = :engine(ReplacingMergeTree())
partition by toYYYYMM(hour)
order by (hour, device_id, time, version)
-- ;
create table if not exists quarantine :on_cluster
(
    quarantine_id String,
    stream        LowCardinality(String),
    reason        LowCardinality(String),
    detail        String,
    raw_base64    String,
    source        String,
    position      UInt64,
    batch_id      String,
    received_at   DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(received_at))
partition by toYYYYMM(received_at)
order by (quarantine_id)
-- ;
-- One FOCUS row. A file that replaces its billing periods carries a generation of its own, which
-- charge_generations names only after its last row is stored; readers take the rows whose
-- generation is the one named there (0 where none is), so a half-written file is never seen.
create table if not exists charges :on_cluster
(
    charge_id          String,
    version            UInt128,
    tenant_id          LowCardinality(String),
    billing_account_id LowCardinality(String),
    period_start       DateTime64(3, 'UTC'),
    generation         UInt64,
    start              DateTime64(3, 'UTC'),
    end                DateTime64(3, 'UTC'),
    charge_category    LowCardinality(String),
    charge_class       LowCardinality(String),
    sku_id             LowCardinality(String),
    instance_type      LowCardinality(String),
    resource_id        String,
    region             LowCardinality(String),
    quantity           Float64,
    unit               LowCardinality(String),
    billed_cost        Float64,
    currency           LowCardinality(String),
    invoice_id         String,
    commitment_id      String,
    extra              String,
    batch_id           LowCardinality(String),
    ingested_at        DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(version))
partition by toYYYYMM(start)
order by (tenant_id, start, charge_id, generation)
-- ;
create table if not exists charge_generations :on_cluster
(
    billing_account_id LowCardinality(String),
    period_start       DateTime64(3, 'UTC'),
    generation         UInt64
)
engine = :engine(ReplacingMergeTree(generation))
order by (billing_account_id, period_start)
-- ;
create table if not exists commitments :on_cluster
(
    commitment_id String,
    revision      UInt32,
    recorded_at   DateTime64(3, 'UTC'),
    content_hash  UInt64,
    tenant_id     String,
    accelerator   LowCardinality(String),
    accelerators  UInt64,
    start         DateTime64(3, 'UTC'),
    end           DateTime64(3, 'UTC'),
    status        LowCardinality(String),
    fabric_gbps   Nullable(Float64),
    site          LowCardinality(String),
    declared_use  LowCardinality(String),
    signed_at     Nullable(DateTime64(3, 'UTC')),
    extra         String,
    batch_id      String,
    ingested_at   DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree())
order by (commitment_id, revision, recorded_at, content_hash)
-- ;
-- Bitemporal and append-only: valid_* says when it was so, recorded_at when it was known.
create table if not exists identity_records :on_cluster
(
    kind         LowCardinality(String),
    id           String,
    valid_from   DateTime64(3, 'UTC'),
    valid_to     Nullable(DateTime64(3, 'UTC')),
    recorded_at  DateTime64(3, 'UTC'),
    content_hash UInt64,
    body         String,
    batch_id     String,
    ingested_at  DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree())
order by (kind, id, valid_from, recorded_at, content_hash)
-- ;
create table if not exists accesses :on_cluster
(
    access_id   String,
    tenant_id   LowCardinality(String),
    principal   String,
    ip          String,
    time        DateTime64(3, 'UTC'),
    action      LowCardinality(String),
    asn         Nullable(UInt32),
    country     LowCardinality(String),
    anonymiser  Nullable(UInt8),
    recorded_at DateTime64(3, 'UTC'),
    extra       String,
    batch_id    String
)
engine = :engine(ReplacingMergeTree())
partition by toYYYYMM(time)
order by (tenant_id, time, access_id)
