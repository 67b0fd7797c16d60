-- Makes the models of a version from its chips, names and factors.
-- params: version String
-- bound:  one row per name in the catalogue, and one for all other names
insert into models
select
    {version:String}, m.name, m.chip, c.idle_w, c.tdp_w, c.host_w, c.clock_ref_mhz, c.sm_count,
    f.pipe_lo, f.pipe_mid, f.pipe_hi, f.billed, f.gap_hi, f.energy_hi, f.host
from
(
    select name, toString(chip) as chip from chip_names final where version = {version:String}
    union all
    select '', 'unknown'
) as m
left join (select * from chips final where version = {version:String}) as c on c.chip = m.chip
left join
(
    select
        chip,
        (maxIf(e.lo, tier = 'fp64'), maxIf(e.lo, tier = 'fp32'), maxIf(e.lo, tier = 'fp16')) as pipe_lo,
        (maxIf(e.mid, tier = 'fp64'), maxIf(e.mid, tier = 'fp32'), maxIf(e.mid, tier = 'fp16')) as pipe_mid,
        (maxIf(e.hi, tier = 'fp64'), maxIf(e.hi, tier = 'fp32'), maxIf(e.hi, tier = 'fp16')) as pipe_hi,
        (maxIf(e.lo, tier = 'T5'), maxIf(e.mid, tier = 'T5'), maxIf(e.hi, tier = 'T5')) as billed,
        maxIf(e.hi, tier = 'gap') as gap_hi,
        maxIf(e.hi, tier = 'T3') as energy_hi,
        (maxIf(e.lo, tier = 'host'), maxIf(e.mid, tier = 'host'), maxIf(e.hi, tier = 'host')) as host
    from estimate_factors as e final
    where version = {version:String} and precision = ''
    group by chip
) as f on f.chip = m.chip
