-- Months that nothing was written to for ten minutes become one part each. What asks for a year of hours
-- or gangs opens every part of it at every tick, and rows of one part need not be merged on reading.
-- Only tables of a row per tenant: a month of device-hours would be rewritten at great cost.
alter table usage_hours :on_cluster
    modify setting min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1
-- ;
alter table observed_hours :on_cluster
    modify setting min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1
-- ;
alter table day_gangs :on_cluster
    modify setting min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1
-- ;
alter table gang_devices :on_cluster
    modify setting min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1
-- ;
alter table hour_marks :on_cluster
    modify setting min_age_to_force_merge_seconds = 600, min_age_to_force_merge_on_partition_only = 1
