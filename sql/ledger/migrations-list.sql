-- final: two processes that race record the same migration twice
select name, content_hash
from schema_migrations final
order by name
