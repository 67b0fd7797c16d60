-- The nodes of a cluster in the order of its configuration.
-- params: cluster String
-- rows:   shard, weight, replica, forwards (the shard's replicas copy from each other), host, is_local
select
    shard_num as shard,
    shard_weight as weight,
    replica_num as replica,
    internal_replication as forwards,
    host_name as host,
    is_local
from system.clusters
where cluster = {cluster:String}
order by shard, replica
