-- Gangs are kept by day, so that a dirty hour re-opens its own day and never the history: their
-- table is keyed by time and has a name of its own, since two processes may bring a schema up at
-- once. It is derived; the next tick fills it from device-hours, because the settings that runs
-- rest on have changed with it.
drop table if exists gangs :on_cluster sync
-- ;
-- A gang: devices of one tenant, chip and fabric that work as one, over at most one UTC day. What
-- went on over midnight names the gang of the day before in `links`, with probability 1; other
-- links say which gang this one may continue, how likely, and whether as a later stage of one
-- model. run_id: the run it was put into.
create table if not exists day_gangs :on_cluster
(
    tenant_id    LowCardinality(String),
    start        DateTime64(3, 'UTC'),
    gang_id      String,
    chip         LowCardinality(String),
    fabric_id    LowCardinality(String),
    end          DateTime64(3, 'UTC'),
    devices      UInt32,
    first_device String,
    nodes        Array(String),
    site         LowCardinality(String),
    workloads    Array(String),
    sample_s     Float64,
    edge_s       Float64,
    device_s     Float64,
    energy_j     Float64,
    flop_lo      Float64,
    flop_mid     Float64,
    flop_hi      Float64,
    tier         LowCardinality(String),
    tensor_mean  Nullable(Float64),
    power_mean_w Nullable(Float64),
    links        Array(Tuple(String, Float64, UInt8)),
    run_id       String,
    build        UInt64,
    is_deleted   UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toYYYYMM(start)
order by (tenant_id, start, gang_id)
-- ;
-- Which devices a gang held on its day, as hashes: how the next day knows what goes on.
create table if not exists gang_devices :on_cluster
(
    tenant_id  LowCardinality(String),
    day        DateTime('UTC'),
    gang_id    String,
    end        DateTime64(3, 'UTC'),
    devices    Array(UInt64),
    build      UInt64,
    is_deleted UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toYYYYMM(day)
order by (tenant_id, day, gang_id)
-- ;
-- previous_gang: the gang of another run that this one may continue, with the probability of it;
-- '' where there is none. Uncertain restarts and the stages of one model are told by it.
alter table runs :on_cluster
    add column if not exists previous_gang String after segments,
    add column if not exists previous_p Float64 after previous_gang
-- ;
-- Which runs are stages or doubtful parts of one model's making: runs linked over days, across
-- sizes and places. lineage_id is the run that the chain of links leads back to; p the weakest link
-- on the way there, 1 for that run itself. Rebuilt whole for a tenant whose runs changed.
create table if not exists run_lineages :on_cluster
(
    tenant_id  LowCardinality(String),
    run_id     String,
    lineage_id String,
    p          Float64,
    build      UInt64,
    is_deleted UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
order by (tenant_id, run_id)
