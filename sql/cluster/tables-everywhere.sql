-- How many nodes of a cluster hold each table of a database.
-- params: cluster String, database String
-- rows:   name, nodes
select name, count() as nodes
from clusterAllReplicas({cluster:String}, system.tables)
where database = {database:String}
group by name
