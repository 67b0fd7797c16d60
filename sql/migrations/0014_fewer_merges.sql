-- Samples come in many small parts of 45 columns, and every merge writes all of them anew. With a larger
-- base a row is merged about once within its day instead of twice (1.0 and 2.2 rows for each that came,
-- 100 parts of 10,000), and a day has some ten parts more, which reads with final have to merge.
alter table samples :on_cluster
    modify setting merge_selector_base = 20
