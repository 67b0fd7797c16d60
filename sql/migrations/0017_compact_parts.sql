-- A part of a delivery is written as one file rather than one or two for each of 45 columns, which cost 0.15
-- CPU-seconds, more than 60,000 rows do (205 ms wide, 84 ms compact). What is merged beyond 128 MiB is wide.
alter table samples :on_cluster
    modify setting min_bytes_for_wide_part = 134217728
