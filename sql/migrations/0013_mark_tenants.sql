-- Whose hours a batch touches, each tenant with the devices that its samples came of: a tick that cannot
-- take up the whole fleet at once takes some tenants. Marks that name nobody stand for everybody.
alter table hour_marks :on_cluster
    add column if not exists tenants Array(String),
    add column if not exists devices Array(UInt32)
-- ;
-- The devices that a rebuild is about, by its number: the newest one counts, and rows of earlier ones
-- go when parts are merged.
create table if not exists scope_devices :on_cluster
(
    device_id String,
    scope     UInt64
)
engine = :engine(ReplacingMergeTree(scope))
order by (device_id)
