-- Makes the rates of a version from its factors: those of a format, or where the chip has none of its
-- own those of no format. What a sample without evidence is taken for rests on no format.
-- params: version String, precisions Array(String) (every one that a sample may attest, '' among them)
-- bound:  one row per chip, tier of a sample and format
insert into sample_rates
select
    {version:String}, chip, tier, format,
    argMax(e.lo, precision = format), argMax(e.mid, precision = format), argMax(e.hi, precision = format),
    maxIf(e.hi, precision = '')
from estimate_factors as e final
array join {precisions:Array(String)} as format
where version = {version:String} and tier in ('measured', 'T1', 'T2', 'T3', 'T4', 'gap')
    and (precision = '' or (precision = format and tier != 'gap'))
group by chip, tier, format
