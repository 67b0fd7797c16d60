-- Tables of this database: what they are and which views hang on them.
-- params: none
-- rows:   name, engine, comment, views (Array)
select name, engine, comment, dependencies_table as views
from system.tables
where database = currentDatabase()
