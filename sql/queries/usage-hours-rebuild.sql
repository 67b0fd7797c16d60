-- Rebuilds usage-hours from observed hours and charges. Billing fills what telemetry lacks and is
-- never added to it: dark = billed beyond observed, less what unknown chips account for. While
-- the tenant reported on that day or within the day before, dark time is a gap (lo 0, mid at its own recent rate, hi at
-- the most the chip can do); without any recent telemetry the estimate rests on billing alone.
-- params: hours Array(DateTime) of whole UTC days, everybody UInt8, or else tenants Array(String); version,
--         build
-- bound:  the observed hours and charges of these hours and the 24 hours before them
insert into usage_hours
with
    arrayMin({hours:Array(DateTime('UTC'))}) as first_hour,
    arrayMax({hours:Array(DateTime('UTC'))}) as last_hour,
    observed as
    (
        select
            tenant_id, hour, toString(chip) as chip_id, devices, observed_ms / 1000 as observed_s,
            busy_ms / 1000 as busy_s, joules, observed_hours.lo as lo, observed_hours.mid as mid,
            observed_hours.hi as hi, toString(tier) as main_tier
        from observed_hours final
        where hour >= first_hour - toIntervalHour(24) and hour <= last_hour
          and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
    ),
    current_charges as
    (
        select c.*, toUnixTimestamp64Milli(start) as start_ms, toUnixTimestamp64Milli(end) as end_ms
        from
        (
            select *
            from charges final
            where start < last_hour + toIntervalHour(1) and end > first_hour
              and ({everybody:UInt8} or tenant_id in {tenants:Array(String)})
        ) as c
        left join (select billing_account_id, period_start, generation as latest from charge_generations final) as g
            on c.billing_account_id = g.billing_account_id and c.period_start = g.period_start
        where c.generation = g.latest and c.end > c.start and lower(c.charge_category) in ('usage', '')
    ),
    sku_chips as
    (
        select sku, toString(chip) as sku_chip, accelerators from skus final where version = {version:String}
    ),
    billed_pieces as
    (
        select
            tenant_id,
            if(i.sku_chip != '', i.sku_chip, k.sku_chip) as chip_id,
            if(i.sku_chip != '', i.accelerators, k.accelerators) as per_unit,
            quantity * per_unit * multiIf(
                lower(unit) in ('hours', 'hour', 'hrs', 'h'), 3600,
                lower(unit) in ('minutes', 'minute', 'min'), 60,
                lower(unit) in ('seconds', 'second', 's'), 1,
                lower(unit) in ('days', 'day'), 86400,
                0) as billed_unit_s,
            arrayJoin(range(
                intDiv(greatest(start_ms, toInt64(toUnixTimestamp(first_hour)) * 1000), 3600000) * 3600000,
                least(end_ms, (toInt64(toUnixTimestamp(last_hour)) + 3600) * 1000), 3600000)) as hour_ms,
            end_ms - start_ms as charge_ms,
            (least(end_ms, hour_ms + 3600000) - greatest(start_ms, hour_ms)) / charge_ms as share
        from current_charges as c
        left join sku_chips as i on i.sku = c.instance_type
        left join sku_chips as k on k.sku = c.sku_id
    ),
    billed as
    (
        select
            tenant_id,
            toDateTime(hour_ms / 1000, 'UTC') as hour,
            chip_id,
            greatest(sum(toInt64(round(billed_unit_s * share * 1000))), 0) as billed_ms,
            max(charge_ms) > 3600000 as is_spread
        from billed_pieces
        where chip_id != '' and toDateTime(hour_ms / 1000, 'UTC') in {hours:Array(DateTime('UTC'))}
        group by tenant_id, hour, chip_id
    ),
    joined as
    (
        select
            tenant_id, hour, chip_id,
            maxIf(billed_ms, kind = 'billed') as billed_ms,
            maxIf(is_spread, kind = 'billed') as is_spread,
            maxIf(toInt64(round(observed_s * 1000)), kind = 'observed') as observed_ms,
            maxIf(devices, kind = 'observed') as devices,
            maxIf(busy_s, kind = 'observed') as busy_s,
            maxIf(joules, kind = 'observed') as joules,
            maxIf(lo, kind = 'observed') as lo,
            maxIf(mid, kind = 'observed') as mid,
            maxIf(hi, kind = 'observed') as hi,
            maxIf(main_tier, kind = 'observed') as main_tier
        from
        (
            select 'observed' as kind, toString(tenant_id) as tenant_id, hour, chip_id,
                toInt64(0) as billed_ms, 0 as is_spread, observed_s, devices, busy_s, joules, lo, mid, hi, main_tier
            from observed where hour in {hours:Array(DateTime('UTC'))}
            union all
            select 'billed', toString(tenant_id), hour, chip_id,
                billed_ms, is_spread, 0., 0, 0., 0, 0., 0., 0., ''
            from billed
        )
        group by tenant_id, hour, chip_id
    ),
    -- A charge of more than an hour does not say when in it the devices ran: spread evenly it
    -- would look dark wherever they did not. Such charges are set against the whole UTC day, and
    -- what the day lacks falls on the hours that are short, in proportion.
    netted as
    (
        select
            *,
            sum(short_ms) over period as period_shorts_ms,
            greatest(sum(billed_ms) over period - sum(observed_ms) over period, 0) as period_short_ms,
            if(period_shorts_ms = 0, 0,
                short_ms * least(period_short_ms / period_shorts_ms, 1) / 1000) as uncovered_s
        from
        (
            select
                *,
                if(chip_id = 'unknown', 0, greatest(billed_ms - observed_ms, 0)) as short_ms,
                max(is_spread) over (partition by tenant_id, chip_id, toDate(hour)) as is_spread_day,
                if(is_spread_day, toDateTime(toDate(hour), 'UTC'), hour) as period_start
            from joined
        )
        window period as (partition by tenant_id, chip_id, period_start)
    ),
    darkened as
    (
        select
            *,
            billed_ms / 1000 as billed_s,
            observed_ms / 1000 as observed_s,
            sum(toInt64(round(uncovered_s * 1000))) over tenant_hour / 1000 as uncovered_total_s,
            sumIf(observed_ms, chip_id = 'unknown') over tenant_hour / 1000 as unknown_s,
            if(uncovered_total_s = 0, 0,
                uncovered_s * greatest(1 - unknown_s / uncovered_total_s, 0)) as dark_s
        from netted
        window tenant_hour as (partition by tenant_id, hour)
    ),
    -- what a tenant did per second, by hour, on each day and on the day before it
    recent as
    (
        select
            toString(tenant_id) as recent_tenant, chip_id as recent_chip,
            arrayJoin([toDate(hour), toDate(hour) + 1]) as recent_day,
            groupArray(hour) as rate_hours,
            groupArray(mid / observed_s) as rates
        from observed
        where observed_s > 0
        group by recent_tenant, recent_chip, recent_day
    )
select
    tenant_id,
    hour,
    chip_id,
    devices,
    observed_s,
    busy_s,
    billed_s,
    dark_s,
    method,
    toFloat64(joules),
    lo,
    mid,
    hi,
    if(method = 'billing', dark_s * billed.1, 0),
    multiIf(method = 'gap', dark_s * arrayReduce('quantileExact(0.5)', own_rates), method = 'billing', dark_s * billed.2, 0)
        as dark_mid_value,
    multiIf(method = 'gap', greatest(dark_s * gap_hi, dark_mid_value), method = 'billing', dark_s * billed.3, 0),
    -- hours that are billed on paper only rest on billing, even where the day leaves nothing dark
    if(dark_s > observed_s or main_tier = '', 'T5', main_tier),
    {build:UInt64},
    0
from
(
    select
        d.*,
        -- of the hours on that day or within the day before, later ones of the same day included
        arrayFilter((rate, at) -> dark_s > 0 and at >= hour - toIntervalHour(24), rates, rate_hours) as own_rates,
        multiIf(dark_s = 0, '', notEmpty(own_rates), 'gap', 'billing') as method
    from darkened as d
    left join recent as r
        on r.recent_tenant = d.tenant_id and r.recent_chip = d.chip_id and r.recent_day = toDate(d.hour)
) as d
-- a chip has as many models as names, all with the same figures
left any join (select toString(chip) as for_chip, billed, gap_hi from models final where version = {version:String}) as f
    on f.for_chip = d.chip_id
