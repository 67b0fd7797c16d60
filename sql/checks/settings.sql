-- Settings as they are in effect for this connection.
-- params: names Array(String)
-- rows:   name, value
select name, value
from system.settings
where name in {names:Array(String)}
