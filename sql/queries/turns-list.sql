-- Whose turn it is, by instance.
-- params: none
-- rows:   instance, version (newest build number it told of), generation, is_open, began, at
-- bound:  one row per instance that ever ticked. final: the newest row of each
select instance, version, generation, is_open, began, at
from turns final
order by instance
