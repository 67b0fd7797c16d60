-- Lines of NDJSON into `staged`, as far as they are plainly sound; every other line is left to the
-- reader in TypeScript, which stays the one authority (`readSample`): what is taken here, that
-- reader would take too and make the same row of. A line opens with its row of the part (8 digits)
-- and the offset of its message (16 digits).
-- params: firsts Array(Float64) (the first row of each delivery), batches and sources Array(String) (of
--         each), ingested_at DateTime64(3), time_min DateTime64(3), time_max DateTime64(3),
--         record_bytes_max UInt32
-- bound:  the lines of a part
--
-- Why it is exact. A line that parses is an object with some members; of these, `known` have a name
-- of ours and a value that could be read as its field, and as many of its values are strings as at
-- least `texts` say, because a text that a number or a nested value could have been read as is
-- doubtful. A line has two quotes for every member and for every string value, and more only inside
-- of strings and nested values. So just 2 * (known + texts) quotes prove that there is no other
-- member, no null, none twice, and no string where a number belongs. The words true and false,
-- which read as 1 and 0, are looked for. Where there are nulls, the names are counted instead, and
-- nothing may be nested.
insert into staged
(
    row, batch_id, source, source_offset, ingested_at, time, device_id, tenant_id, accelerator,
    node_id, fabric_id, site, region, workload_id, declared_use, power_scope, precision,
    precision_source, interval_s, slice, device_count, revision, tensor_active, sm_active,
    dram_active, gpu_util, fp64_active, fp32_active, fp16_active, mma_cycles_total, sm_cycles_total,
    sm_clock_mhz, power_w, energy_total_j, memory_used_bytes, nvlink_tx_bytes, nvlink_rx_bytes,
    net_tx_bytes, net_rx_bytes, pcie_tx_bytes, pcie_rx_bytes, storage_read_bytes,
    storage_write_bytes, operations
)
with
    -- Named once: to find a member of a tuple by its name takes the engine a millisecond each time.
    tupleElement(r, 'time') as time, tupleElement(r, 'device_id') as device_id,
    tupleElement(r, 'tenant_id') as tenant_id, tupleElement(r, 'accelerator') as accelerator,
    tupleElement(r, 'node_id') as node_id, tupleElement(r, 'fabric_id') as fabric_id,
    tupleElement(r, 'site') as site, tupleElement(r, 'region') as region,
    tupleElement(r, 'workload_id') as workload_id, tupleElement(r, 'declared_use') as declared_use,
    tupleElement(r, 'power_scope') as power_scope, tupleElement(r, 'precision') as precision,
    tupleElement(r, 'precision_source') as precision_source,
    tupleElement(r, 'interval_s') as interval_s, tupleElement(r, 'slice') as slice,
    tupleElement(r, 'device_count') as device_count, tupleElement(r, 'revision') as revision,
    tupleElement(r, 'tensor_active') as tensor_active, tupleElement(r, 'sm_active') as sm_active,
    tupleElement(r, 'dram_active') as dram_active, tupleElement(r, 'gpu_util') as gpu_util,
    tupleElement(r, 'fp64_active') as fp64_active, tupleElement(r, 'fp32_active') as fp32_active,
    tupleElement(r, 'fp16_active') as fp16_active,
    tupleElement(r, 'mma_cycles_total') as mma_cycles_total,
    tupleElement(r, 'sm_cycles_total') as sm_cycles_total,
    tupleElement(r, 'sm_clock_mhz') as sm_clock_mhz, tupleElement(r, 'power_w') as power_w,
    tupleElement(r, 'energy_total_j') as energy_total_j,
    tupleElement(r, 'memory_used_bytes') as memory_used_bytes,
    tupleElement(r, 'nvlink_tx_bytes') as nvlink_tx_bytes,
    tupleElement(r, 'nvlink_rx_bytes') as nvlink_rx_bytes,
    tupleElement(r, 'net_tx_bytes') as net_tx_bytes,
    tupleElement(r, 'net_rx_bytes') as net_rx_bytes,
    tupleElement(r, 'pcie_tx_bytes') as pcie_tx_bytes,
    tupleElement(r, 'pcie_rx_bytes') as pcie_rx_bytes,
    tupleElement(r, 'storage_read_bytes') as storage_read_bytes,
    tupleElement(r, 'storage_write_bytes') as storage_write_bytes,
    tupleElement(r, 'operations') as operations,
    -- Not blank in any spelling, and nothing that a JSON number could have been read as.
    (value -> ifNull(
        match(value, '^(?s:|(?:[-+0-9.eE]+[^-+0-9.eE]|[!-*,/:-DF-Z\\\\-df-z|}~]).*)$')
        and not match(value, '^(?i:n/a|nan|null)[^!-~]*$')
        and length(value) <= 1024, 1)) as is_text,
    ((value, words) -> has(words, ifNull(value, ''))) as is_word,
    ((value, most) -> ifNull(value >= 0 and value <= most and floor(value) = value, 1)) as is_whole,
    parseDateTime64BestEffortOrNull(time, 3, 'UTC') as at,
    isNotNull(time) + isNotNull(device_id) + isNotNull(tenant_id) + isNotNull(accelerator)
        + isNotNull(node_id) + isNotNull(fabric_id) + isNotNull(site) + isNotNull(region)
        + isNotNull(workload_id) + isNotNull(declared_use) + isNotNull(power_scope)
        + isNotNull(precision) + isNotNull(precision_source) as texts,
    texts + arrayCount(value -> isNotNull(value), [
        interval_s, slice, device_count, revision, tensor_active, sm_active, dram_active, gpu_util,
        fp64_active, fp32_active, fp16_active, mma_cycles_total, sm_cycles_total, sm_clock_mhz,
        power_w, energy_total_j, memory_used_bytes, nvlink_tx_bytes, nvlink_rx_bytes, net_tx_bytes,
        net_rx_bytes, pcie_tx_bytes, pcie_rx_bytes, storage_read_bytes, storage_write_bytes,
        operations
    ]) as known
select
    row,
    {batches:Array(String)}[share],
    {sources:Array(String)}[share],
    offset,
    {ingested_at:DateTime64(3, 'UTC')},
    assumeNotNull(at),
    assumeNotNull(device_id),
    ifNull(tenant_id, ''),
    assumeNotNull(accelerator),
    ifNull(node_id, ''),
    ifNull(fabric_id, ''),
    ifNull(site, ''),
    ifNull(region, ''),
    ifNull(workload_id, ''),
    ifNull(declared_use, ''),
    if(ifNull(power_scope, '') = '', 'device', assumeNotNull(power_scope)),
    ifNull(precision, ''),
    ifNull(precision_source, ''),
    assumeNotNull(interval_s),
    ifNull(slice, 1.),
    toUInt32(ifNull(device_count, 1.)),
    toUInt32(ifNull(revision, 0.)),
    -- Adding zero turns -0 into 0: both spellings are one content.
    tensor_active + 0.,
    sm_active + 0.,
    dram_active + 0.,
    gpu_util + 0.,
    fp64_active + 0.,
    fp32_active + 0.,
    fp16_active + 0.,
    mma_cycles_total + 0.,
    sm_cycles_total + 0.,
    sm_clock_mhz + 0.,
    power_w + 0.,
    energy_total_j + 0.,
    memory_used_bytes + 0.,
    nvlink_tx_bytes + 0.,
    nvlink_rx_bytes + 0.,
    net_tx_bytes + 0.,
    net_rx_bytes + 0.,
    pcie_tx_bytes + 0.,
    pcie_rx_bytes + 0.,
    storage_read_bytes + 0.,
    storage_write_bytes + 0.,
    operations + 0.
from
(
    select
        toFloat64(substring(line, 1, 8)) as row,
        arrayCount(first -> first <= row, {firsts:Array(Float64)}) as share,
        toUInt64(substring(line, 9, 16)) as offset,
        substring(line, 25) as json,
        length(json) <= {record_bytes_max:UInt32} and startsWith(json, '{')
            and (endsWith(json, '}') or endsWith(json, '}\r'))
            and (position(json, 'true') = 0 and position(json, 'false') = 0
                or not match(json, ':\\s*(?:true|false)')) as is_flat,
        length(json) - length(translate(json, '"', '')) as quotes,
        JSONExtract(json, 'Tuple(
            time LowCardinality(Nullable(String)), device_id LowCardinality(Nullable(String)),
            tenant_id LowCardinality(Nullable(String)), accelerator LowCardinality(Nullable(String)),
            node_id LowCardinality(Nullable(String)), fabric_id LowCardinality(Nullable(String)),
            site LowCardinality(Nullable(String)), region LowCardinality(Nullable(String)),
            workload_id LowCardinality(Nullable(String)), declared_use LowCardinality(Nullable(String)),
            power_scope LowCardinality(Nullable(String)), precision LowCardinality(Nullable(String)),
            precision_source LowCardinality(Nullable(String)),
            interval_s Nullable(Float64), slice Nullable(Float64), device_count Nullable(Float64),
            revision Nullable(Float64), tensor_active Nullable(Float64), sm_active Nullable(Float64),
            dram_active Nullable(Float64), gpu_util Nullable(Float64), fp64_active Nullable(Float64),
            fp32_active Nullable(Float64), fp16_active Nullable(Float64),
            mma_cycles_total Nullable(Float64), sm_cycles_total Nullable(Float64),
            sm_clock_mhz Nullable(Float64), power_w Nullable(Float64),
            energy_total_j Nullable(Float64), memory_used_bytes Nullable(Float64),
            nvlink_tx_bytes Nullable(Float64), nvlink_rx_bytes Nullable(Float64),
            net_tx_bytes Nullable(Float64), net_rx_bytes Nullable(Float64),
            pcie_tx_bytes Nullable(Float64), pcie_rx_bytes Nullable(Float64),
            storage_read_bytes Nullable(Float64), storage_write_bytes Nullable(Float64),
            operations Nullable(Float64))') as r
    from :lines
)
where is_flat
    and (quotes = 2 * (known + texts)
        or (quotes = 2 * (length(JSONExtractKeys(json)) + texts)
            and position(json, '[') = 0 and position(json, '{', 2) = 0
            and length(JSONExtractKeys(json)) = arrayUniq(JSONExtractKeys(json))
            and hasAll([
                'time', 'device_id', 'tenant_id', 'accelerator', 'node_id', 'fabric_id', 'site',
                'region', 'workload_id', 'declared_use', 'power_scope', 'precision',
                'precision_source', 'interval_s', 'slice', 'device_count', 'revision',
                'tensor_active', 'sm_active', 'dram_active', 'gpu_util', 'fp64_active',
                'fp32_active', 'fp16_active', 'mma_cycles_total', 'sm_cycles_total',
                'sm_clock_mhz', 'power_w', 'energy_total_j', 'memory_used_bytes',
                'nvlink_tx_bytes', 'nvlink_rx_bytes', 'net_tx_bytes', 'net_rx_bytes',
                'pcie_tx_bytes', 'pcie_rx_bytes', 'storage_read_bytes', 'storage_write_bytes',
                'operations'], JSONExtractKeys(json))))
    and match(ifNull(time, ''), '^\\d{4}-(?:0[1-9]|1[0-2])-[0-3]\\d'
        || 'T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?Z$')
    -- 31 February is no day, though it reads as one in March; the year 0000 reads as the present one.
    and ifNull(toYYYYMMDD(at) = toUInt32OrZero(replaceAll(substring(time, 1, 10), '-', '')), 0)
    and ifNull(at between {time_min:DateTime64(3, 'UTC')} and {time_max:DateTime64(3, 'UTC')}, 0)
    and ifNull(device_id, '') != ''
    and ifNull(accelerator, '') != ''
    and is_text(device_id)
    and is_text(tenant_id)
    and is_text(accelerator)
    and is_text(node_id)
    and is_text(fabric_id)
    and is_text(site)
    and is_text(region)
    and is_text(workload_id)
    and is_text(declared_use)
    and is_text(precision_source)
    and is_word(power_scope, ['', 'device', 'node'])
    and is_word(precision, ['', 'fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8', 'fp4'])
    and ifNull(interval_s > 0 and interval_s <= 3600, 0)
    and ifNull(slice > 0 and slice <= 1, 1)
    and is_whole(device_count, 65536)
    and ifNull(device_count >= 1, 1)
    and is_whole(revision, 4294967295)
    and arrayAll(
        (value, most) -> ifNull(value >= 0 and value <= most, 1),
        [
            tensor_active, sm_active, dram_active, gpu_util, fp64_active, fp32_active, fp16_active,
            sm_clock_mhz, power_w
        ], [
            1., 1., 1., 1., 1., 1., 1., 1e5, 1e7
        ])
    -- Where 2^63 and 2^47 .. 2^47 + 3, DCGM's way to say that there is no value, lie in the range.
    and arrayAll(
        (value, most) -> ifNull(value >= 0 and value <= most and value not in (
            140737488355328, 140737488355329, 140737488355330, 140737488355331, 9223372036854775808
        ), 1),
        [
            mma_cycles_total, sm_cycles_total, energy_total_j, memory_used_bytes, nvlink_tx_bytes,
            nvlink_rx_bytes, net_tx_bytes, net_rx_bytes, pcie_tx_bytes, pcie_rx_bytes,
            storage_read_bytes, storage_write_bytes, operations
        ], [
            1e24, 1e24, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e18, 1e26
        ])
