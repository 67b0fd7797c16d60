-- When the store took a row in, by its own clock: the order in which an outbox is read, and what
-- decides between case events that were appended at the same moment. Rows from before this column
-- are given the time of the migration.
alter table findings :on_cluster
    add column if not exists stored_at DateTime64(6, 'UTC') default now64(6, 'UTC'),
    add index if not exists stored_range stored_at type minmax granularity 1
-- ;
alter table findings :on_cluster materialize column stored_at
-- ;
alter table case_events :on_cluster
    add column if not exists stored_at DateTime64(6, 'UTC') default now64(6, 'UTC'),
    add index if not exists stored_range stored_at type minmax granularity 1
-- ;
alter table case_events :on_cluster materialize column stored_at
-- ;
alter table reports :on_cluster
    add column if not exists stored_at DateTime64(6, 'UTC') default now64(6, 'UTC'),
    add index if not exists stored_range stored_at type minmax granularity 1
-- ;
alter table reports :on_cluster materialize column stored_at
-- ;
-- What went out, to which sink. A row that is missing after a crash makes the event go out again
-- under the same key; stored_at is that of the event, so that a stretch of time can be compared.
create table if not exists published :on_cluster
(
    sink      LowCardinality(String),
    topic     LowCardinality(String),
    stored_at DateTime64(6, 'UTC'),
    key       String,
    at        DateTime64(3, 'UTC'),
    instance  String
)
engine = :engine(ReplacingMergeTree(at))
partition by toYYYYMM(stored_at)
order by (sink, topic, stored_at, key)
-- ;
-- Everything of a topic that was stored before `until` went out to the sink. Kept behind the
-- present, so that a row whose insert took long is not passed over.
create table if not exists published_until :on_cluster
(
    sink  LowCardinality(String),
    topic LowCardinality(String),
    until DateTime64(6, 'UTC')
)
engine = :engine(ReplacingMergeTree(until))
order by (sink, topic)
