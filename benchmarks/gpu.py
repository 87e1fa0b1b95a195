#!/usr/bin/env python3
"""Measures the programs of the reverse diffusion and of the scan of all items on a GPU or CPU, with the PyTorch of this machine.

    benchmarks/gpu.py                                           random weights, H 1,000, T 5, 6,710 and 1,000,000 items
    benchmarks/gpu.py --artifact model-artifacts/demo           weights and histories of a published model, its first denoiser

A batch is what a server computes for B users: sparse rows to the device, `reverse-diffusion.pt`, `item-scan.pt`. Two floors apply to it:

    memory       all bytes that it reads and writes, weights once, products in float32, at the measured speed of a copy or a sum, the faster
    arithmetic   all operations at the measured speed of a large matrix product, in float32 without TF32; a scan in bfloat16 at that of bfloat16

`floor : median` is the larger one, which is binding, as a share of the median latency; `with TF32` is that share if products in float32 ran at the
speed of TF32. A server on a GPU scans in float32; bfloat16 is for comparison. `copy to host` is the time to copy all products to the host, which a
server does after each scan on a GPU: it follows from the measured speed and is not part of the latency.

A batch whose products exceed the memory is computed in blocks of users. Before it is measured, every size is checked with 4 users: the loop against the
published dense loop in float64, on at most 10,000 items; the scan against exact products, within the bounds of the server. The exit code is 1 if a check
fails.
"""

import argparse
import datetime
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRECISIONS = ["float32", "bfloat16"]
SHARE = {"cuda": 0.8, "cpu": 0.5}  # of the free memory, unless set by --memory
COLUMNS = ["items", "H", "precision", "batch", "blocks", "runs", "median, ms", "p99, ms", "users/s", "loop, ms", "memory floor, ms",
           "arithmetic floor, ms", "floor : median", "with TF32", "copy to host, ms"]


class Parser(argparse.ArgumentParser):
    """Parser that reports an error in one line."""

    def error(self, message):
        self.exit(2, f"gpu.py: {message}; see --help\n")


def number(kind, least, greatest):
    def parse(text):
        try:
            value = kind(text.replace("_", ""))
        except ValueError:
            value = math.nan
        if not least <= value <= greatest:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number from {least:,} to {greatest:,}")
        return value

    return parse


def numbers(greatest):
    return lambda text: [number(int, 1, greatest)(part) for part in text.split(",")]


def precisions(text):
    for name in text.split(","):
        if name not in PRECISIONS:
            raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(PRECISIONS)}")
    return text.split(",")


def add_weights(parser):
    parser.add_argument("--artifact", type=Path, metavar="DIR", help="directory of one model or one version (default: random weights)")
    parser.add_argument("--sizes", "--items", type=numbers(10**8), default=[6710, 1_000_000], metavar="I,...",
                        help="items of random weights (default: 6710,1000000)")
    parser.add_argument("--hidden", type=number(int, 1, 10**5), default=1000, metavar="H", help="width of random weights (default: 1000)")
    parser.add_argument("--steps", type=number(int, 1, 1000), default=5, metavar="T", help="steps of random weights (default: 5)")
    parser.add_argument("--history", type=number(int, 1, 10**4), default=20, metavar="N", help="items of a random user (default: 20)")


def arguments():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_weights(parser)
    parser.add_argument("--batches", type=numbers(10**6), default=[1, 8, 32, 128, 512, 1024, 4096], metavar="B,...",
                        help="default: 1,8,32,128,512,1024,4096")
    parser.add_argument("--precisions", type=precisions, default=PRECISIONS, metavar="P,...", help="default: float32,bfloat16")
    parser.add_argument("--device", choices=["auto", "cuda", "cpu"], default="auto", help="default: cuda if there is one")
    parser.add_argument("--memory", type=number(float, 0.001, 10**5), metavar="GB", help="limit for weights and products of one size "
                        "(default: 80 %% of the free memory of a GPU, 50 %% of that of a machine)")
    parser.add_argument("--threads", type=number(int, 1, 4096), help="threads of PyTorch on a CPU (default: its own)")
    parser.add_argument("--seconds", type=number(float, 0, 3600), default=2, help="length of one measurement (default: 2)")
    parser.add_argument("--runs", type=number(int, 3, 10**6), default=200, help="greatest number of runs of a measurement (default: 200)")
    parser.add_argument("--product", type=number(int, 16, 32768), help="size of the large product (default: 8192 on a GPU, 2048 on a CPU)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="file for all figures")
    options = parser.parse_args()
    if options.json and not options.json.parent.is_dir():
        parser.error(f"argument --json: directory {options.json.parent} does not exist; create it first")
    return options


def device_of(torch, wanted):
    if wanted == "cuda" and not torch.cuda.is_available():
        sys.exit(f"gpu.py: device cuda is not available to PyTorch {torch.__version__}; check the driver, or use --device cpu")
    return torch.device("cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu")


def free_memory(torch, device):
    if device.type == "cuda":
        torch.cuda.empty_cache()
        return torch.cuda.mem_get_info(device)[0]
    found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    return 1024 * int(found.group(1))


def processor():
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found.group(1) if found else platform.machine()


def commit():
    try:
        git = ["git", "-C", str(ROOT)]
        name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        changed = subprocess.run([*git, "status", "--porcelain", "-uno"], check=True, capture_output=True, text=True).stdout
        return name + (" with changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def conditions(torch, programs, device, options, measured):
    known = {"device": torch.cuda.get_device_name(device) if device.type == "cuda" else processor(), "torch": torch.__version__,
             "commit": commit(), "date": str(datetime.date.today()), "threads": torch.get_num_threads(), "cores": len(os.sched_getaffinity(0)),
             "load before": round(os.getloadavg()[0], 2), "steps": options.steps, "history": options.history}
    if options.artifact:
        del known["steps"], known["history"]
    for name, unit in [("float32", "FLOP/s"), ("tf32", "FLOP/s"), ("bfloat16", "FLOP/s"), ("copy", "B/s"), ("read", "B/s"), ("host", "B/s")]:
        known[name] = f"{measured[name] / 1e9:,.0f} G{unit}" if measured[name] else "none on this device"
    if device.type == "cuda":
        known |= {f"{name}.pt onto the GPU": result for name, result in programs.loads_on(device).items()}
    return known


class Sizes:
    """Measurements of one set of weights within a limit of memory."""

    def __init__(self, programs, device, options, measured, limit):
        self.programs, self.device, self.options, self.measured, self.limit = programs, device, options, measured, limit

    def add(self, items, rows, checks):
        """Checks and measures random weights of a size, or those of the artifact."""
        if items and (reason := self.excess(items, self.options.hidden, self.options.hidden)):
            rows.append({"items": items, "hidden": self.options.hidden, "skipped": reason})
            return
        weights = self.weights(items)
        if reason := self.excess(weights.items, weights.hidden, weights.width):
            rows.append({"items": weights.items, "hidden": weights.hidden, "skipped": reason})
            return
        print(f"{weights.name}, {weights.items:,} items", file=sys.stderr, flush=True)
        checks.append(self.programs.check_loop(weights, self.device))
        loop = self.programs.Loop(weights, self.device)
        for precision in self.options.precisions:
            scan = self.programs.Scan(weights, loop.output_share, precision, self.device)
            checks.append(self.programs.check_scan(weights, loop, scan, self.device))
            rows += [self.row(weights, loop, scan, batch) for batch in self.options.batches]

    def weights(self, items):
        options = self.options
        if items:
            return self.programs.untrained(items, options.hidden, options.steps, options.history, self.device)
        return self.programs.published(options.artifact, self.device)

    def excess(self, items, hidden, width):
        """Returns the reason if the preparation of a scan, which copies the vectors several times, exceeds the limit."""
        needed = 4 * items * (hidden + 6 * width)
        return needed > self.limit and f"needs {needed / 1e9:.3g} GB, the limit is {self.limit / 1e9:.3g} GB; raise --memory"

    def row(self, weights, loop, scan, batch):
        row = {"items": weights.items, "hidden": weights.hidden, "precision": scan.precision, "batch": batch}
        held = 4 * weights.items * (weights.hidden + 2 * weights.width)  # both layers, and the vectors of the scan
        block = min(batch, int(self.limit - held) // (8 * self.programs.padded(weights.items)))
        if block < 1:
            return row | {"skipped": "not enough memory for the products of one user; raise --memory"}
        try:
            return row | self.measure(weights, loop, scan, batch, block)
        except RuntimeError as problem:
            return row | {"skipped": lack_of_memory(problem)}

    def measure(self, weights, loop, scan, batch, block):
        blocks = weights.batch(batch, block)
        entries = sum(len(columns) for columns, _, _ in blocks)

        def features(part):
            return loop.program(*(array.to(self.device) for array in part))

        def timed(action):
            def batch():
                for part in blocks:
                    action(part)

            return self.programs.timed(batch, self.device, self.options.seconds, self.options.runs)

        looped, times = timed(features), timed(lambda part: scan.program(features(part)))
        median = statistics.median(times)
        floors = self.programs.floors(weights, scan.precision, batch, entries, self.measured)
        return {"blocks": len(blocks), "runs": len(times), "median": median, "p99": times[math.ceil(0.99 * len(times)) - 1],
                "usersPerSecond": 1000 * batch / median, "loop": statistics.median(looped), "floors": floors}


def lack_of_memory(problem):
    """Returns the reason if PyTorch could not allocate memory; raises any other problem."""
    text = str(problem)
    if "out of memory" not in text and "allocate memory" not in text:
        raise problem
    return "out of memory; lower --memory for smaller blocks"


def measure(torch, programs, device, options, measured):
    """Returns the rows and checks of all sizes."""
    rows, checks = [], []
    for items in [None] if options.artifact else options.sizes:
        limit = options.memory * 1e9 if options.memory else SHARE[device.type] * free_memory(torch, device)
        sizes = Sizes(programs, device, options, measured, limit)
        try:
            sizes.add(items, rows, checks)
        except RuntimeError as problem:
            rows.append({"items": items, "hidden": options.hidden, "skipped": lack_of_memory(problem)})
    return rows, checks


def cells(row):
    start = [f"{row['items']:,}", f"{row['hidden']:,}", row.get("precision", "all"), f"{row['batch']:,}" if "batch" in row else "all"]
    if "skipped" in row:
        return [*start, f"skipped: {row['skipped']}", *[""] * (len(COLUMNS) - 5)]
    floors, median = row["floors"], row["median"]
    binding = max(("memory", "arithmetic"), key=floors.get)
    tf32 = f"{max(floors['memory'], floors['tf32']) / median:.0%}" if "tf32" in floors else ""
    return [*start, row["blocks"], row["runs"], f"{median:.3f}", f"{row['p99']:.3f}", f"{row['usersPerSecond']:,.0f}", f"{row['loop']:.3f}",
            f"{floors['memory']:.3f}", f"{floors['arithmetic']:.3f}", f"{floors[binding] / median:.0%} ({binding})", tf32,
            f"{floors['host']:.1f}" if "host" in floors else ""]


def table(rows):
    lines = [COLUMNS, ["---"] * len(COLUMNS), *map(cells, rows)]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def report(known, measured, rows, checks, file):
    """Prints conditions, checks and table; returns the exit code."""
    print("\n".join(f"{name}: {value}" for name, value in known.items()) + "\n")
    for check in checks:
        print(f"{'passed' if check['passed'] else 'FAILED'}: {check['check']}")
    print("\n" + table(rows))
    if file:
        try:
            file.write_text(json.dumps({"conditions": known, "rates": measured, "checks": checks, "rows": rows}, indent=1) + "\n", encoding="utf-8")
        except OSError as problem:
            sys.exit(f"gpu.py: cannot write the figures to {file}: {problem.strerror}; use a file in an existing directory")
    return 0 if all(check["passed"] for check in checks) else 1


def main():
    options = arguments()
    try:
        import programs
        import torch
    except (ImportError, OSError, ValueError) as problem:  # OSError and ValueError: a library of PyTorch is missing
        sys.exit(f"gpu.py: {sys.executable} lacks a package: {problem}; install torch==2.7.1 and numpy, for --artifact also safetensors")
    device = device_of(torch, options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        with torch.inference_mode():
            measured = programs.rates(device, options.product or (8192 if device.type == "cuda" else 2048), options.seconds)
            known = conditions(torch, programs, device, options, measured)
            sys.exit(report(known, measured, *measure(torch, programs, device, options, measured), options.json))
    except KeyboardInterrupt:
        sys.exit(130)
    except RuntimeError as problem:
        sys.exit(f"gpu.py: PyTorch {torch.__version__} on {device} failed: {(str(problem).strip().splitlines() or ['no reason'])[0]}")


if __name__ == "__main__":
    main()
