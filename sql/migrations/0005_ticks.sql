-- One row per finished tick: how far it looked, under which settings, what it did, how long it took.
create table if not exists ticks :on_cluster
(
    until         DateTime64(3, 'UTC'),
    started_at    DateTime64(3, 'UTC'),
    finished_at   DateTime64(3, 'UTC'),
    build         UInt64,
    meter_basis   String,
    derive_basis  String,
    hours         UInt32,
    tenants       UInt32,
    findings      UInt32,
    cases_open    UInt32,
    cases_touched UInt32
)
engine = :engine(ReplacingMergeTree())
partition by toYYYYMM(finished_at)
order by (finished_at, build)
