-- A part whose samples are all new becomes durable.
-- params: none
-- bound:  the rows of a part, of no more days than one insert may touch
insert into samples
(
    hour, device_id, time, version, revision, tenant_id, interval_s, accelerator, device_count, slice,
    node_id, fabric_id, site, region, workload_id, declared_use, tensor_active, sm_active,
    dram_active, gpu_util, fp64_active, fp32_active, fp16_active, mma_cycles_total, sm_cycles_total,
    sm_clock_mhz, power_w, power_scope, energy_total_j, memory_used_bytes, nvlink_tx_bytes,
    nvlink_rx_bytes, net_tx_bytes, net_rx_bytes, pcie_tx_bytes, pcie_rx_bytes, storage_read_bytes,
    storage_write_bytes, precision, precision_source, operations, extra, batch_id, source,
    source_offset, ingested_at
)
select
    hour, device_id, time, version, revision, tenant_id, interval_s, accelerator, device_count, slice,
    node_id, fabric_id, site, region, workload_id, declared_use, tensor_active, sm_active,
    dram_active, gpu_util, fp64_active, fp32_active, fp16_active, mma_cycles_total, sm_cycles_total,
    sm_clock_mhz, power_w, power_scope, energy_total_j, memory_used_bytes, nvlink_tx_bytes,
    nvlink_rx_bytes, net_tx_bytes, net_rx_bytes, pcie_tx_bytes, pcie_rx_bytes, storage_read_bytes,
    storage_write_bytes, precision, precision_source, operations, extra, batch_id, source,
    source_offset, ingested_at
from staged
