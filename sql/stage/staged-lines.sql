-- Lines of NDJSON into `staged`, as far as they are plainly sound; every other line is left to the
-- reader in TypeScript, which stays the one authority (`readSample`): what is taken here, that
-- reader would take too and make the same row of. A line opens with its row of the part (8 digits)
-- and the offset of its message (16 digits).
-- params: batch_id String, source String, ingested_at DateTime64(3), time_min DateTime64(3),
--         time_max DateTime64(3), record_bytes_max UInt32
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
    -- Not blank in any spelling, and nothing that a JSON number could have been read as.
    (value -> ifNull(
        match(value, '^(?s:|(?:[-+0-9.eE]+[^-+0-9.eE]|[!-*,/:-DF-Z\\\\-df-z|}~]).*)$')
        and not match(value, '^(?i:n/a|nan|null)[^!-~]*$')
        and length(value) <= 1024, 1)) as is_text,
    ((value, words) -> has(words, ifNull(value, ''))) as is_word,
    ((value, most) -> ifNull(value >= 0 and value <= most, 1)) as is_number,
    -- Where 2^63 and 2^47 .. 2^47 + 3, DCGM's way to say that there is no value, lie in the range.
    ((value, most) -> ifNull(value >= 0 and value <= most and value not in (
        140737488355328, 140737488355329, 140737488355330, 140737488355331, 9223372036854775808
    ), 1)) as is_counter,
    ((value, most) -> ifNull(value >= 0 and value <= most and floor(value) = value, 1)) as is_whole,
    parseDateTime64BestEffortOrNull(r.time, 3, 'UTC') as at,
    isNotNull(r.time) + isNotNull(r.device_id) + isNotNull(r.tenant_id) + isNotNull(r.accelerator)
        + isNotNull(r.node_id) + isNotNull(r.fabric_id) + isNotNull(r.site) + isNotNull(r.region)
        + isNotNull(r.workload_id) + isNotNull(r.declared_use) + isNotNull(r.power_scope)
        + isNotNull(r.precision) + isNotNull(r.precision_source) as texts,
    texts + isNotNull(r.interval_s) + isNotNull(r.slice) + isNotNull(r.device_count)
        + isNotNull(r.revision) + isNotNull(r.tensor_active) + isNotNull(r.sm_active)
        + isNotNull(r.dram_active) + isNotNull(r.gpu_util) + isNotNull(r.fp64_active)
        + isNotNull(r.fp32_active) + isNotNull(r.fp16_active) + isNotNull(r.mma_cycles_total)
        + isNotNull(r.sm_cycles_total) + isNotNull(r.sm_clock_mhz) + isNotNull(r.power_w)
        + isNotNull(r.energy_total_j) + isNotNull(r.memory_used_bytes) + isNotNull(r.nvlink_tx_bytes)
        + isNotNull(r.nvlink_rx_bytes) + isNotNull(r.net_tx_bytes) + isNotNull(r.net_rx_bytes)
        + isNotNull(r.pcie_tx_bytes) + isNotNull(r.pcie_rx_bytes) + isNotNull(r.storage_read_bytes)
        + isNotNull(r.storage_write_bytes) + isNotNull(r.operations) as known
select
    row,
    {batch_id:String},
    {source:String},
    offset,
    {ingested_at:DateTime64(3, 'UTC')},
    assumeNotNull(at),
    assumeNotNull(r.device_id),
    ifNull(r.tenant_id, ''),
    assumeNotNull(r.accelerator),
    ifNull(r.node_id, ''),
    ifNull(r.fabric_id, ''),
    ifNull(r.site, ''),
    ifNull(r.region, ''),
    ifNull(r.workload_id, ''),
    ifNull(r.declared_use, ''),
    if(ifNull(r.power_scope, '') = '', 'device', assumeNotNull(r.power_scope)),
    ifNull(r.precision, ''),
    ifNull(r.precision_source, ''),
    assumeNotNull(r.interval_s),
    ifNull(r.slice, 1.),
    toUInt32(ifNull(r.device_count, 1.)),
    toUInt32(ifNull(r.revision, 0.)),
    -- Adding zero turns -0 into 0: both spellings are one content.
    r.tensor_active + 0.,
    r.sm_active + 0.,
    r.dram_active + 0.,
    r.gpu_util + 0.,
    r.fp64_active + 0.,
    r.fp32_active + 0.,
    r.fp16_active + 0.,
    r.mma_cycles_total + 0.,
    r.sm_cycles_total + 0.,
    r.sm_clock_mhz + 0.,
    r.power_w + 0.,
    r.energy_total_j + 0.,
    r.memory_used_bytes + 0.,
    r.nvlink_tx_bytes + 0.,
    r.nvlink_rx_bytes + 0.,
    r.net_tx_bytes + 0.,
    r.net_rx_bytes + 0.,
    r.pcie_tx_bytes + 0.,
    r.pcie_rx_bytes + 0.,
    r.storage_read_bytes + 0.,
    r.storage_write_bytes + 0.,
    r.operations + 0.
from
(
    select
        toFloat64(substring(line, 1, 8)) as row,
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
    and match(ifNull(r.time, ''), '^\\d{4}-(?:0[1-9]|1[0-2])-[0-3]\\d'
        || 'T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?Z$')
    -- 31 February is no day, though it reads as one in March; the year 0000 reads as the present one.
    and ifNull(toYYYYMMDD(at) = toUInt32OrZero(replaceAll(substring(r.time, 1, 10), '-', '')), 0)
    and ifNull(at between {time_min:DateTime64(3, 'UTC')} and {time_max:DateTime64(3, 'UTC')}, 0)
    and ifNull(r.device_id, '') != ''
    and ifNull(r.accelerator, '') != ''
    and is_text(r.device_id)
    and is_text(r.tenant_id)
    and is_text(r.accelerator)
    and is_text(r.node_id)
    and is_text(r.fabric_id)
    and is_text(r.site)
    and is_text(r.region)
    and is_text(r.workload_id)
    and is_text(r.declared_use)
    and is_text(r.precision_source)
    and is_word(r.power_scope, ['', 'device', 'node'])
    and is_word(r.precision, ['', 'fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8', 'fp4'])
    and ifNull(r.interval_s > 0 and r.interval_s <= 3600, 0)
    and ifNull(r.slice > 0 and r.slice <= 1, 1)
    and is_whole(r.device_count, 65536)
    and ifNull(r.device_count >= 1, 1)
    and is_whole(r.revision, 4294967295)
    and is_number(r.tensor_active, 1)
    and is_number(r.sm_active, 1)
    and is_number(r.dram_active, 1)
    and is_number(r.gpu_util, 1)
    and is_number(r.fp64_active, 1)
    and is_number(r.fp32_active, 1)
    and is_number(r.fp16_active, 1)
    and is_counter(r.mma_cycles_total, 1e24)
    and is_counter(r.sm_cycles_total, 1e24)
    and is_number(r.sm_clock_mhz, 1e5)
    and is_number(r.power_w, 1e7)
    and is_counter(r.energy_total_j, 1e18)
    and is_counter(r.memory_used_bytes, 1e18)
    and is_counter(r.nvlink_tx_bytes, 1e18)
    and is_counter(r.nvlink_rx_bytes, 1e18)
    and is_counter(r.net_tx_bytes, 1e18)
    and is_counter(r.net_rx_bytes, 1e18)
    and is_counter(r.pcie_tx_bytes, 1e18)
    and is_counter(r.pcie_rx_bytes, 1e18)
    and is_counter(r.storage_read_bytes, 1e18)
    and is_counter(r.storage_write_bytes, 1e18)
    and is_counter(r.operations, 1e26)
