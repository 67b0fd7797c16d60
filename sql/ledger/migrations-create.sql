create table if not exists schema_migrations :on_cluster
(
    name         String,
    content_hash String,
    applied_at   DateTime64(3, 'UTC')
)
engine = :engine(ReplacingMergeTree(applied_at))
order by name
