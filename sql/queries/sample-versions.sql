-- What is stored under the identities of some samples. final: the winner of each identity.
-- params: hours Array(DateTime), devices Array(String), and the wanted identities as two arrays of
--         one length: places Array(UInt32) (index into devices, from 1), times Array(Int64) (ms)
-- rows:   device_id, time (milliseconds since 1970), version (decimal text), tenant_id, source,
--         source_offset
-- bound:  one row per wanted identity
with arrayZip(
    arrayMap(place -> {devices:Array(String)}[place], {places:Array(UInt32)}),
    {times:Array(Int64)}) as wanted
select
    device_id,
    toUnixTimestamp64Milli(samples.time) as time,
    toString(version) as version,
    tenant_id,
    source,
    source_offset
from samples final
where hour in {hours:Array(DateTime('UTC'))}
  and device_id in {devices:Array(String)}
  and (device_id, toUnixTimestamp64Milli(samples.time)) in (select arrayJoin(wanted))
