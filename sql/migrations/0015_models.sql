-- What blocks of device-hours look up for each sample, made of chips, chip_names and estimate_factors
-- when a version of them is written: joined for every statement they took a fifth of its planning,
-- and the names and formats that were sent were read from every sample of the hour.
--
-- Each name of a model, as `normaliseName` writes it, with its chip; '' stands for every other name
-- and has the chip unknown. Tuples are of fp64, fp32 and fp16, those of `host` and `billed` (an
-- hour-second that rests on its bill alone, T5) of lo, mid and hi.
create table if not exists models :on_cluster
(
    version       String,
    name          String,
    chip          LowCardinality(String),
    idle_w        Float64,
    tdp_w         Float64,
    host_w        Float64,
    clock_ref_mhz Nullable(Float64),
    sm_count      Nullable(Float64),
    pipe_lo       Tuple(Float64, Float64, Float64),
    pipe_mid      Tuple(Float64, Float64, Float64),
    pipe_hi       Tuple(Float64, Float64, Float64),
    billed        Tuple(Float64, Float64, Float64),
    gap_hi        Float64,
    energy_hi     Float64,
    host          Tuple(Float64, Float64, Float64)
)
engine = :engine(ReplacingMergeTree())
order by (version, name)
-- ;
-- Operations per unit of evidence of one sample, for every format that one can attest; open_hi is hi
-- where none is attested.
create table if not exists sample_rates :on_cluster
(
    version   String,
    chip      LowCardinality(String),
    tier      LowCardinality(String),
    precision LowCardinality(String),
    lo        Float64,
    mid       Float64,
    hi        Float64,
    open_hi   Float64
)
engine = :engine(ReplacingMergeTree())
order by (version, chip, tier, precision)
