#!/usr/bin/env python3
"""Compares the product with the peer servers in this directory, in turns within one run, and prints a table.

    benchmarks/peers/compare.py --artifact DIR --rounds 3 --seconds 10 --out result.json

Every server is started once and warmed up; then each is driven by wrk while the others are idle, in the order A B C in odd rounds and
C B A in even ones. Requests go through all users of the artifact in a random order that is the same for each server; the product keeps at most one
cached answer. A ratio is the product's figure divided by the peer's of the same round; the table has the medians of all rounds.

--cached   one user's URL again and again, with the product's cache as it is by default; compare with the peer `empty`
--busy N   N processes that keep a core busy each during the measurements, as a neighbour on the machine would

Needs wrk, git, a JDK 25 (JAVA_HOME), the packaged jar, and the packages of requirements.txt in the Python that runs it.
"""

import argparse
import contextlib
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["dense", "torchscript", "batched", "ease", "empty"]
FIGURES = ["rate", "p50", "p99", "cpu"]
UNCACHED = ["--diffmm.cache.maximum-size=1", "--diffmm.cache.stale-while-revalidate=0"]
START_SECONDS = 600
STOP_SECONDS = 30
PEER_WARM_UP = 10  # seconds; a peer has no code to compile but TorchScript's
# Ends with its parent, even if that is killed.
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(1_000_000): pass"


class Server:
    """Server process that this script started."""

    def __init__(self, name, command, port, health, log):
        self.name, self.port, self.health, self.log = name, port, health, log
        with open(log, "w", encoding="utf-8") as lines:
            self.process = subprocess.Popen(command, stdout=lines, stderr=lines, cwd=log.parent)

    def wait_until_ready(self):
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.health}", timeout=5).close()
                return
            time.sleep(0.2)
        sys.exit(f"{self.name} did not start:\n{self.log.read_text(encoding='utf-8')[-4000:]}")

    def cpu_seconds(self):
        """Processor time of the process and its children."""
        root = psutil.Process(self.process.pid)
        times = [process.cpu_times() for process in [root, *root.children(recursive=True)]]
        return sum(t.user + t.system for t in times)

    def answer(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as response:
            return response.read()


def stop(process):
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def product(options, work):
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java"
    port = free_port()
    command = [java, "-jar", options.jar.resolve(), "serve", "--artifacts", options.artifact.resolve(), "--port", str(port),
               "--server.address=127.0.0.1", f"--diffmm.interactions.directory={work / 'interactions'}"]
    command += [] if options.cached else UNCACHED
    return Server("product", command, port, "/actuator/health/readiness", work / "product.log")


def peer(name, options, work):
    port = free_port()
    command = [sys.executable, HERE / "server.py", "--artifact", options.artifact.resolve(), "--model", name, "--port", str(port)]
    command += ["--threads", str(options.threads)] if options.threads else []
    return Server(name, command, port, "/health", work / f"{name}.log")


def start(options, work, stack):
    """Starts all servers, the product first, one after the other."""
    servers = []
    for name in ["product", *options.peers]:
        server = product(options, work) if name == "product" else peer(name, options, work)
        stack.callback(stop, server.process)
        server.wait_until_ready()
        servers.append(server)
    return servers


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def drive(server, clients, seconds, target):
    """Runs wrk; returns answers per second with status 200, latencies in ms, and numbers of answers and errors."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "--latency"]
    if target.cached:
        command.append(f"http://127.0.0.1:{server.port}{target.path}")
    else:
        command += ["-s", str(HERE.parent / "distinct-users.lua"), f"http://127.0.0.1:{server.port}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"USERS": str(target.users)}).stdout
    find = lambda pattern: re.search(pattern, text)
    requests = int(find(r"(\d+) requests in").group(1))
    refused = find(r"Non-2xx or 3xx responses: (\d+)")
    broken = find(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
    failed = int(refused.group(1)) if refused else 0
    return {
        "rate": float(find(r"Requests/sec: +([\d.]+)").group(1)) * (requests - failed) / max(requests, 1),
        "p50": milliseconds(find(r"50% +(\S+)").group(1)),
        "p99": milliseconds(find(r"99% +(\S+)").group(1)),
        "requests": requests,
        "errors": failed + (sum(map(int, broken.groups())) if broken else 0),
    }


def measure(server, clients, options, target):
    before = server.cpu_seconds()
    figures = drive(server, clients, options.seconds, target)
    figures["cpu"] = 1000 * (server.cpu_seconds() - before) / max(figures["requests"], 1)
    print(f"{server.name}, {clients} clients: {figures['rate']:.1f} requests/s, p50 {figures['p50']:.2f} ms, p99 {figures['p99']:.2f} ms, "
          f"{figures['cpu']:.3f} ms of processor each, {figures['errors']} errors", file=sys.stderr, flush=True)
    return figures


class Target:
    """Users to request: a file with one encoded id per line, and the path of the first for cached answers."""

    def __init__(self, artifact, cached, work):
        version = artifact / (artifact / "current").read_text().strip() if (artifact / "current").exists() else artifact
        self.manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
        users = [urllib.parse.quote(user, safe="") for user in json.loads((version / "users.json").read_text(encoding="utf-8"))]
        random.Random(1).shuffle(users)
        self.users, self.cached = work / "users", cached
        self.users.write_text("\n".join(users) + "\n", encoding="utf-8")
        self.path = f"/users/{users[0]}/recommendations"


def run(options, servers, target, stack):
    """Returns the figures by number of clients and server, one for each round."""
    for server in servers:
        print(f"{server.name}: {len(server.answer(target.path))} bytes per answer; warming up", file=sys.stderr, flush=True)
        drive(server, max(options.clients), options.warm_up if server.name == "product" else min(options.warm_up, PEER_WARM_UP), target)
    for _ in range(options.busy):
        stack.callback(stop, subprocess.Popen([sys.executable, "-c", BUSY]))
    results = {clients: {server.name: [] for server in servers} for clients in options.clients}
    for number in range(1, options.rounds + 1):
        for server in servers if number % 2 else reversed(servers):
            for clients in options.clients:
                results[clients][server.name].append(measure(server, clients, options, target))
    return results


def ratios(results, name):
    """Medians over the rounds of the product's figures divided by the peer's; none for a figure of zero."""
    medians = {}
    for figure in FIGURES:
        pairs = [(own[figure], other[figure]) for own, other in zip(results["product"], results[name])]
        medians[figure] = statistics.median(own / other for own, other in pairs) if all(other for _, other in pairs) else None
    return medians


def table(results):
    lines = ["| clients | server | requests/s | p50, ms | p99, ms | CPU, ms per request | errors "
             "| product : peer, requests/s | p50 | p99 | CPU |", "|---" * 11 + "|"]
    for clients, servers in results.items():
        for name, rounds in servers.items():
            rate, p50, p99, cpu = (statistics.median(figures[figure] for figures in rounds) for figure in FIGURES)
            errors = sum(figures["errors"] for figures in rounds)
            quotients = [None] * 4 if name == "product" else ratios(servers, name).values()
            cells = [clients, name, f"{rate:,.1f}", f"{p50:.2f}", f"{p99:.2f}", f"{cpu:.3f}", errors]
            cells += ["" if quotient is None else f"{quotient:.3g}" for quotient in quotients]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def is_diffusing(manifest):
    """Tells if the product computes a reverse diffusion of rows for the served blend, as the dense peers always do."""
    views = manifest.get("blend", {}).get("views", {})
    if not views and manifest["family"] != "diffmm" or any(name.startswith(("denoised.", manifest["family"])) for name in views):
        return True
    form = manifest["settings"].get("recommendation", manifest["settings"])
    return (not views or "embeddings" in views) and form.get("modality-graph", 0) > 0


def conditions(options, target):
    """Machine, commit and model, for the report."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    views = target.manifest.get("blend", {}).get("views", {})
    return {
        "processor": model.group(1) if model else "unknown",
        "cores": len(os.sched_getaffinity(0)),
        "memoryGiB": round(psutil.virtual_memory().total / 2**30),
        "loadBefore": [round(load, 2) for load in os.getloadavg()],
        "busy": options.busy,
        "commit": git("rev-parse", "--short", "HEAD") + (" with changes" if git("status", "--porcelain", "-uno") else ""),
        "model": f"{target.manifest['name']}/{target.manifest['version']}, {target.manifest['family']}",
        "items": target.manifest["dataset"]["items"],
        "users": target.manifest["dataset"]["users"],
        "views": {name: view["weight"] for name, view in views.items()},
        "reverseDiffusionInProduct": is_diffusing(target.manifest),
        "members": len(target.manifest.get("members", [])),
        "cached": options.cached,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "warmUp": options.warm_up,
    }


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artifact", type=Path, default=ROOT / "model-artifacts/demo", help="directory of one model or one version")
    parser.add_argument("--jar", type=Path, default=ROOT / "target/diffmm-server.jar")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=PEERS, help=f"default: {','.join(PEERS)}")
    parser.add_argument("--clients", type=lambda text: [int(number) for number in text.split(",")], default=[1, 32], help="default: 1,32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="length of one measurement (default: 10)")
    parser.add_argument("--warm-up", type=int, default=60, help="seconds of load on the product before the first round; a peer gets at most 10 (default: 60)")
    parser.add_argument("--threads", type=int, help="torch threads of a peer (default: number of cores)")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="neighbours that keep a core busy (default: 0)")
    parser.add_argument("--cached", action="store_true", help="repeat one URL")
    parser.add_argument("--out", type=Path, help="JSON file of all figures")
    return parser.parse_args()


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as stack:
        work = Path(directory)
        target = Target(options.artifact, options.cached, work)
        known = conditions(options, target)
        results = run(options, start(options, work, stack), target, stack)
    known["loadAfter"] = [round(load, 2) for load in os.getloadavg()]
    print("\n".join(f"{name}: {value}" for name, value in known.items()) + "\n\n" + table(results))
    if options.out:
        ratio = {clients: {name: ratios(servers, name) for name in options.peers} for clients, servers in results.items()}
        options.out.write_text(json.dumps({"conditions": known, "figures": results, "ratios": ratio}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
