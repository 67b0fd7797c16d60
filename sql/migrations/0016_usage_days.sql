-- Usage-hours added up by UTC day, chip and tier: what asks for a year of many tenants reads a row where
-- there are twenty-four. first_hour and last_hour are those that the day has rows of.
create table if not exists usage_days :on_cluster
(
    tenant_id         LowCardinality(String),
    day               DateTime('UTC'),
    chip              LowCardinality(String),
    tier              LowCardinality(String),
    first_hour        DateTime('UTC'),
    last_hour         DateTime('UTC'),
    observed_device_s Float64,
    dark_device_s     Float64,
    observed_lo       Float64,
    observed_mid      Float64,
    observed_hi       Float64,
    dark_lo           Float64,
    dark_mid          Float64,
    dark_hi           Float64,
    build             UInt64,
    is_deleted        UInt8
)
engine = :engine(ReplacingMergeTree(build, is_deleted))
partition by toYear(day)
order by (tenant_id, day, chip, tier)
