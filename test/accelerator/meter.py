"""Reads one NVIDIA card through NVML, in a process of its own so that it never waits for the work.

A reading is the average over one interval: clock, power and utilisation as means of quick looks,
pipes and cycles from GPM (what DCGM's profiling fields report on Hopper and newer), energy from
the card's counter.
"""

import json
import multiprocessing
import time

import pynvml as nvml

# GPM metrics: averages over the interval between two GPM samples, in percent.
GAUGES = {
    "tensor_active": 5,
    "sm_active": 2,
    "dram_active": 10,
    "fp64_active": 11,
    "fp32_active": 12,
    "fp16_active": 13,
    "occupancy": 3,
    "integer_active": 4,
    "tensor_dfma": 6,
    "tensor_hmma": 7,
    "tensor_dmma": 8,
    "tensor_imma": 9,
}
# GPM metrics of newer drivers: raw cycles that only grow.
COUNTERS = {
    "sm_cycles_total": 248,
    "sm_busy_cycles": 249,
    "mma_cycles_total": 250,
    "dmma_cycles": 251,
    "hmma_cycles": 252,
    "imma_cycles": 253,
    "dfma_cycles": 254,
    "fp64_cycles": 258,
    "fp32_cycles": 259,
    "fp16_cycles": 260,
}


class Meter:
    """Readings of card `index` every `interval_s`, from `start` to `stop`."""

    def __init__(self, path, index=0, interval_s=1.0):
        context = multiprocessing.get_context("spawn")
        self.path = path
        self.ready, self.stopping = context.Event(), context.Event()
        arguments = (path, index, interval_s, self.ready, self.stopping)
        self.process = context.Process(target=_read_on, args=arguments)

    def start(self):
        """Returns as the first reading begins."""
        self.process.start()
        self.ready.wait(60)

    def stop(self):
        """Ends the process and returns what it read, in order of time."""
        self.stopping.set()
        self.process.join()
        with open(self.path) as lines:
            return [json.loads(line) for line in lines]


def describe(index=0):
    """What the card is, and which GPM metrics it answers."""
    nvml.nvmlInit()
    card = nvml.nvmlDeviceGetHandleByIndex(index)
    gpm = bool(nvml.nvmlGpmQueryDeviceSupport(card).isSupportedDevice)
    return {
        "name": _text(nvml.nvmlDeviceGetName(card)),
        "driver": _text(nvml.nvmlSystemGetDriverVersion()),
        "power_limit_w": nvml.nvmlDeviceGetPowerManagementLimit(card) / 1000,
        "clock_max_mhz": nvml.nvmlDeviceGetMaxClockInfo(card, nvml.NVML_CLOCK_SM),
        "gpm": gpm,
        "metrics": sorted(_answered(card)) if gpm else [],
    }


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def _answered(card):
    """GPM metrics without a fault; probed one by one, since drivers differ."""
    older, newer = _gpm_sample(card), None
    time.sleep(0.3)
    newer = _gpm_sample(card)
    names = {**GAUGES, **COUNTERS}
    answered = {name for name, number in names.items() if _metrics(older, newer, {name: number})}
    for sample in (older, newer):
        nvml.nvmlGpmSampleFree(sample)
    return answered


def _gpm_sample(card):
    sample = nvml.nvmlGpmSampleAlloc()
    nvml.nvmlGpmSampleGet(card, sample)
    return sample


def _metrics(older, newer, numbers):
    """Values of GPM metrics between two samples; those that the card does not answer are left out."""
    request = nvml.c_nvmlGpmMetricsGet_t()
    request.version = nvml.NVML_GPM_METRICS_GET_VERSION
    request.numMetrics = len(numbers)
    request.sample1, request.sample2 = older, newer
    for place, number in enumerate(numbers.values()):
        request.metrics[place].metricId = number
    try:
        nvml.nvmlGpmMetricsGet(request)
    except nvml.NVMLError:
        return {}
    answers = zip(numbers, request.metrics)
    return {name: metric.value for name, metric in answers if metric.nvmlReturn == 0}


def _read_on(path, index, interval_s, ready, stopping):
    known = set(describe(index)["metrics"])
    gauges = {name: number for name, number in GAUGES.items() if name in known}
    counters = {name: number for name, number in COUNTERS.items() if name in known}
    card = nvml.nvmlDeviceGetHandleByIndex(index)
    begin, older = time.time(), _gpm_sample(card)
    ready.set()
    with open(path, "w") as out:
        while not stopping.is_set():
            looks = _looks(card, begin + interval_s)
            end, newer = time.time(), _gpm_sample(card)
            reading = {"start": begin, "end": end, **_means(looks), **_totals(card)}
            for name, value in _metrics(older, newer, gauges).items():
                reading[name] = value / 100
            reading.update(_metrics(older, newer, counters))
            out.write(json.dumps(reading) + "\n")
            nvml.nvmlGpmSampleFree(older)
            begin, older = end, newer


def _looks(card, until):
    looks = []
    while time.time() < until - 0.05:
        looks.append(
            {
                "sm_clock_mhz": nvml.nvmlDeviceGetClockInfo(card, nvml.NVML_CLOCK_SM),
                "power_w": nvml.nvmlDeviceGetPowerUsage(card) / 1000,
                "gpu_util": nvml.nvmlDeviceGetUtilizationRates(card).gpu / 100,
                "temperature_c": nvml.nvmlDeviceGetTemperature(card, nvml.NVML_TEMPERATURE_GPU),
            }
        )
        time.sleep(0.1)
    time.sleep(max(0, until - time.time()))
    return looks


def _means(looks):
    names = looks[0] if looks else {}
    return {name: sum(look[name] for look in looks) / len(looks) for name in names}


def _totals(card):
    return {
        "energy_total_j": nvml.nvmlDeviceGetTotalEnergyConsumption(card) / 1000,
        "memory_used_bytes": nvml.nvmlDeviceGetMemoryInfo(card).used,
        "throttle_reasons": nvml.nvmlDeviceGetCurrentClocksThrottleReasons(card),
    }
