-- The name that queries use, over the tables of all shards. A device never leaves its shard, so
-- the versions of one identity meet there. The comment keeps the layout that rows were placed by.
create table if not exists :table on cluster ':cluster' as `:database`.`:local`
engine = Distributed(':cluster', ':database', ':local', cityHash64(:key))
comment ':layout'
