-- Where to cut the devices of some hours so that each stretch of ids holds about so many rows of
-- a table.
-- params: counted Identifier (samples or device_blocks), hours Array(DateTime), rows UInt64,
--         scope UInt64 (0: everybody)
-- rows:   first_device: first id of every stretch but the first, in order
-- bound:  rows of these hours over `rows`; a device that holds more alone is not cut
select min(device_id) as first_device
from
(
    select
        device_id,
        device_rows,
        sum(device_rows) over (order by device_id rows between unbounded preceding and current row) as rows_to
    from
    (
        select device_id, count() as device_rows
        from {counted:Identifier}
        where hour in {hours:Array(DateTime('UTC'))}
          and ({scope:UInt64} = 0 or device_id in (select device_id from scope_devices where scope = {scope:UInt64}))
        group by device_id
    )
)
group by intDiv(rows_to - device_rows, greatest({rows:UInt64}, 1)) as stretch
having stretch > 0
order by first_device
