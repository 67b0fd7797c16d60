"""Measures what one NVIDIA card reports over work whose operations are known; see README.md.

    python3 measure.py OUT                 the campaign: samples, labels and facts, about ten minutes
    python3 measure.py --kernels NAME...   one step of each, for a profiler that counts cycles
"""

import argparse
import gc
import json
import os
import re
import time
from dataclasses import replace
from datetime import datetime, timezone

import torch

import workloads as w
from meter import Meter, describe

BF16, FP16, FP32, FP64 = torch.bfloat16, torch.float16, torch.float32, torch.float64

# Name: what it computes in ('' = no format that a sample can attest), and how it is made.
CAMPAIGN = {
    "idle-no-process": ("", lambda: w.Work(lambda: time.sleep(0.1), 0, 0)),
    "idle": ("", w.idle),
    "gemm-bf16-8192": ("bf16", lambda: w.gemm(8192, 8192, 8192, BF16)),
    "gemm-bf16-8192-zeros": ("bf16", lambda: w.gemm(8192, 8192, 8192, BF16, zeros=True)),
    "gemm-bf16-8192-half-time": ("bf16", lambda: w.gemm(8192, 8192, 8192, BF16, pause=0.5)),
    "gemm-bf16-4096": ("bf16", lambda: w.gemm(4096, 4096, 4096, BF16)),
    "gemm-bf16-4100": ("bf16", lambda: w.gemm(4100, 4100, 4104, BF16)),
    "gemm-bf16-8192x1024x8192": ("bf16", lambda: w.gemm(8192, 1024, 8192, BF16)),
    "gemm-bf16-1024": ("bf16", lambda: w.gemm(1024, 1024, 1024, BF16)),
    "gemm-bf16-512": ("bf16", lambda: w.gemm(512, 512, 512, BF16)),
    "gemm-fp16-8192": ("fp16", lambda: w.gemm(8192, 8192, 8192, FP16)),
    "gemm-fp8-8192": ("fp8", lambda: w.gemm_fp8(8192, 8192, 8192)),
    "gemm-tf32-8192": ("tf32", lambda: w.gemm(8192, 8192, 8192, FP32, tf32=True)),
    "gemm-fp32-8192": ("", lambda: w.gemm(8192, 8192, 8192, FP32)),
    "gemm-fp64-8192": ("", lambda: w.gemm(8192, 8192, 8192, FP64)),
    "elementwise": ("", w.elementwise),
    "train-4096": ("bf16", lambda: w.train(4096, 6, 4, 2048)),
    "train-4096-fp8": ("fp8", lambda: w.train(4096, 6, 4, 2048, fp8=True)),
    "train-2048": ("bf16", lambda: w.train(2048, 12, 4, 2048)),
    "train-2048-recompute": ("bf16", lambda: w.train(2048, 12, 4, 2048, recompute=True)),
    "train-2048-half-time": ("bf16", lambda: w.train(2048, 12, 4, 2048, pause=0.5)),
    "train-2048-long": ("bf16", lambda: w.train(2048, 6, 1, 16384)),
    "train-1024": ("bf16", lambda: w.train(1024, 12, 8, 1024)),
    "train-768": ("bf16", lambda: w.train(768, 12, 4, 512)),
    "prefill-4096": ("bf16", lambda: w.prefill(4096, 8, 4, 2048)),
    "decode-16": ("bf16", lambda: w.decode(4096, 8, 16, 1024)),
    "decode-128": ("bf16", lambda: w.decode(4096, 8, 128, 512)),
}

SAMPLE_SHARES = ("tensor_active", "sm_active", "dram_active", "gpu_util")
SAMPLE_PIPES = ("fp64_active", "fp32_active", "fp16_active")
SAMPLE_COUNTERS = ("mma_cycles_total", "sm_cycles_total", "energy_total_j", "memory_used_bytes")


def drive(work, seconds):
    """Runs for `seconds`; returns (time, steps done) wherever the card had caught up."""
    steps, marks = _steps_at_once(work), [(time.time(), 0)]
    until = marks[0][0] + seconds
    while time.time() < until:
        begin = time.time()
        for _ in range(steps):
            work.step()
        _catch_up()
        if work.pause > 0:
            time.sleep((time.time() - begin) * work.pause / (1 - work.pause))
        marks.append((time.time(), marks[-1][1] + steps))
    return marks


def _steps_at_once(work):
    work.step()
    _catch_up()
    begin = time.time()
    work.step()
    _catch_up()
    return max(1, int((0.4 if work.pause else 0.1) / (time.time() - begin)))


def _catch_up():
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def run(names, seconds, warm, meter_path, deadline):
    """Runs the named work under the meter; returns its marks by name, and the readings."""
    meter, runs = Meter(meter_path), {}
    meter.start()
    for name in names:
        if time.time() + seconds + warm > deadline:
            break
        try:
            runs[name] = _one(CAMPAIGN[name][1](), seconds, warm)
        except torch.OutOfMemoryError:
            print(f"{name}: the card has too little memory", flush=True)
        except RuntimeError as fault:
            # A fault of the card outlives the work that met it.
            print(f"{name}: {fault}", flush=True)
            break
        _free()
    time.sleep(1.5)
    return runs, meter.stop()


def _one(work, seconds, warm):
    drive(work, warm)
    # Without the step, which holds the memory of the work.
    return replace(work, step=None), drive(work, seconds)


def _free():
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def window_of(work, marks, readings):
    """The readings wholly inside a run, and the steps done in their time."""
    begin, end = marks[0][0], marks[-1][0]
    inside = [one for one in readings if one["start"] >= begin and one["end"] <= end]
    if not inside:
        return [], 0.0
    return inside, _steps_by(marks, inside[-1]["end"]) - _steps_by(marks, inside[0]["start"])


def _steps_by(marks, instant):
    for (before, done), (after, more) in zip(marks, marks[1:]):
        if before <= instant <= after:
            return done + (more - done) * (instant - before) / (after - before)
    raise ValueError("outside of the run")


def merged(readings):
    """Several readings as one, averages weighted by time."""
    length = sum(one["end"] - one["start"] for one in readings)
    mean = {
        name: sum(one[name] * (one["end"] - one["start"]) for one in readings) / length
        for name, value in readings[0].items()
        if isinstance(value, float) and all(name in one for one in readings)
    }
    totals = {name: readings[-1][name] for name in SAMPLE_COUNTERS if name in readings[-1]}
    return {**mean, **totals, "start": readings[0]["start"], "end": readings[-1]["end"]}


def sample_of(reading, card, workload):
    """A reading in the product's own form."""
    sample = {
        "time": instant(reading["end"]),
        "interval_s": round(reading["end"] - reading["start"], 3),
        "device_id": card["id"],
        "tenant_id": "lab",
        "accelerator": card["name"],
        "workload_id": workload,
        "sm_clock_mhz": round(reading["sm_clock_mhz"]),
        "power_w": round(reading["power_w"], 1),
    }
    for name in (*SAMPLE_SHARES, *SAMPLE_PIPES):
        if name in reading:
            sample[name] = round(min(max(reading[name], 0), 1), 4)
    for name in SAMPLE_COUNTERS:
        if name in reading:
            sample[name] = round(reading[name])
    return sample


def instant(seconds):
    """RFC 3339 with milliseconds."""
    text = datetime.fromtimestamp(round(seconds, 3), timezone.utc).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def samples_of(name, inside, before, card, resolution):
    """Samples of a run, after one outside of it that its counters are read against."""
    groups = [inside[at : at + resolution] for at in range(0, len(inside), resolution)]
    rows = [sample_of(merged(group), card, name) for group in groups]
    return [sample_of(before, card, "between"), *rows]


def fact_of(precision, work, inside, steps):
    """What a run did, and the means of all that was read."""
    whole = merged(inside)
    seconds = whole["end"] - whole["start"]
    means = {name: round(value, 5) for name, value in whole.items() if name not in ("start", "end")}
    means["energy_j"] = round(inside[-1]["energy_total_j"] - inside[0]["energy_total_j"], 1)
    means["energy_s"] = round(inside[-1]["end"] - inside[0]["end"], 3)
    means["throttle_reasons"] = sorted({one["throttle_reasons"] for one in inside})
    return {
        "precision": precision,
        "seconds": round(seconds, 3),
        "steps": round(steps, 3),
        "executed": work.executed * steps,
        "model": work.model * steps,
        **means,
    }


def write(out, card, runs, readings, resolution):
    """Samples, labels of the training runs as `flopwatch calibrate` reads them, and facts of all."""
    samples, labels, facts = [], [], {}
    for name, (work, marks) in runs.items():
        inside, steps = window_of(work, marks, readings)
        if not inside:
            continue
        at = readings.index(inside[0])
        precision = CAMPAIGN[name][0]
        facts[name] = fact_of(precision, work, inside, steps)
        samples += samples_of(name, inside, readings[max(at - 1, 0)], card, resolution)
        if name.startswith("train"):
            label = {"run": f"{card['id']} {name}", "operations": work.executed * steps}
            span = {"start": instant(inside[0]["start"]), "end": instant(inside[-1]["end"])}
            keys = {"precision": precision, "tenant_id": "lab", "workload_id": name}
            labels.append({**label, **keys, **span})
    os.makedirs(out, exist_ok=True)
    _write_lines(os.path.join(out, "samples.ndjson"), samples)
    _write_lines(os.path.join(out, "labels.ndjson"), labels)
    with open(os.path.join(out, "facts.json"), "w") as file:
        json.dump({"card": card, "runs": facts}, file, indent=2)
    return facts


def _write_lines(path, rows):
    with open(path, "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def show(facts):
    """A line for every run."""
    print(f"{'run':26} {'TFLOP/s':>8} {'tensor':>7} {'sm':>6} {'MHz':>5} {'W':>6} {'°C':>4}")
    for name, fact in facts.items():
        rate = fact["executed"] / fact["seconds"] / 1e12
        tensor, sm = fact.get("tensor_active", 0), fact.get("sm_active", 0)
        state = f"{fact['sm_clock_mhz']:5.0f} {fact['power_w']:6.1f} {fact['temperature_c']:4.0f}"
        print(f"{name:26} {rate:8.2f} {tensor:7.4f} {sm:6.3f} {state}")


def step_kernels(names):
    """One warm step of each, between marks that a profiler obeys."""
    for name in names:
        work = CAMPAIGN[name][1]()
        for _ in range(2):
            work.step()
        torch.cuda.synchronize()
        torch.cuda.cudart().cudaProfilerStart()
        work.step()
        torch.cuda.synchronize()
        torch.cuda.cudart().cudaProfilerStop()
        print(f"{name} executed {work.executed:.6e}", flush=True)
        del work
        _free()


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", nargs="?", default="out")
    parser.add_argument("--kernels", nargs="+", metavar="NAME")
    parser.add_argument("--only", default="", help="pattern of names")
    parser.add_argument("--id", default="gpu-1", help="name of the card in the samples")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--warm", type=float, default=3)
    parser.add_argument("--resolution", type=int, default=2, help="seconds of a sample")
    parser.add_argument("--budget", type=float, default=3600, help="seconds for all of it")
    options = parser.parse_args()
    if options.kernels:
        step_kernels(options.kernels)
        return
    deadline = time.time() + options.budget
    card = {"id": options.id, **describe()}
    print(json.dumps(card), flush=True)
    os.makedirs(options.out, exist_ok=True)
    names = [name for name in CAMPAIGN if re.search(options.only, name)]
    path = os.path.join(options.out, "readings.ndjson")
    runs, readings = run(names, options.seconds, options.warm, path, deadline)
    show(write(options.out, card, runs, readings, options.resolution))


if __name__ == "__main__":
    main()
