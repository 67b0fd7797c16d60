-- Accounts that one actor may hold although no record of ownership says so, at three levels of
-- certainty (possible, likely, sure). p and evidence are of the strongest link that puts a tenant
-- into its entity. Rebuilt whole; a tenant that is linked no more gets a tombstone.
create table if not exists account_links :on_cluster
(
    level      LowCardinality(String),
    tenant_id  String,
    entity_id  String,
    p          Float64,
    evidence   String,
    build      UInt64,
    is_deleted UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
order by (level, tenant_id)
