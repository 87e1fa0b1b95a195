#!/usr/bin/env python3
"""Compares the product with the peer servers in this directory, in turns within one run, and prints a table.

    benchmarks/peers/compare.py --artifact DIR --rounds 3 --seconds 10 --out result.json

Every server is started once and warmed up; then each is driven by wrk while the others are idle, in the order A B C in odd rounds and
C B A in even ones. Requests go through all users of the artifact in a random order that is the same for each server; the product keeps
at most one cached answer. A ratio is the product's figure divided by the peer's of the same round; the table has the medians of all
rounds. CPU is the processor time of the server, without wrk's.

--cached   one user's URL again and again, with the product's cache as it is by default; compare with the peer `empty`
--busy N   N processes that keep a core busy each during the measurements, as a neighbour on the machine would

The dense peers compute the reverse diffusion of every modality for any blend. If the output says `productDenoisesRows: False`, the
served blend does without it, and the ratios to these peers do not compare equal work. `equalLists` counts the users, out of 20, that get the
same list from a peer as from the product: all for a blend without the views `bridge` and `linear` and without ensemble members.

Needs wrk, git, a JDK 25 (JAVA_HOME), the packaged jar, and the packages of requirements.txt in the Python that runs it.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path

import psutil
from load import Server, drive, free_port, neighbour, stop

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["dense", "torchscript", "batched", "ease", "empty"]
FIGURES = ["rate", "p50", "p99", "cpu"]
UNCACHED = ["--diffmm.cache.maximum-size=1", "--diffmm.cache.stale-while-revalidate=0"]
SAMPLE = 20  # users whose lists are compared
PEER_WARM_UP = 10  # seconds; a peer has no code to compile but TorchScript's


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


def measure(server, clients, options, target):
    before = server.cpu_seconds()
    figures = drive(server, clients, options.seconds, target)
    figures["cpu"] = 1000 * (server.cpu_seconds() - before) / max(figures["requests"], 1)
    server.settle()
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
        self.sample = [f"/users/{user}/recommendations" for user in users[:SAMPLE]]
        self.path = self.sample[0]


def equal_lists(servers, target):
    """Share of sampled users, by peer, whose list has the items of the product's list in the same order."""
    lists = {}
    for server in servers:
        answers = [json.loads(server.answer(path)) for path in target.sample]
        lists[server.name] = [[item["itemId"] for item in answer["items"]] for answer in answers]
    own = lists.pop("product")
    return {name: f"{sum(a == b for a, b in zip(own, other))} of {len(own)}" for name, other in lists.items()}


def run(options, servers, target, stack):
    """Returns the figures by number of clients and server, one for each round."""
    for server in servers:
        print(f"{server.name}: {len(server.answer(target.path))} bytes per answer; warming up", file=sys.stderr, flush=True)
        seconds = options.warm_up if server.name == "product" else min(options.warm_up, PEER_WARM_UP)
        drive(server, max(options.clients), seconds, target)
        server.settle()
    for _ in range(options.busy):
        stack.callback(stop, neighbour())
    results = {clients: {server.name: [] for server in servers} for clients in options.clients}
    for number in range(1, options.rounds + 1):
        for server, clients in itertools.product(servers if number % 2 else reversed(servers), options.clients):
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
    """Medians of all rounds in Markdown."""
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


def git(*command):
    return subprocess.check_output(["git", "-C", ROOT, *command], text=True).strip()


def denoises_rows(manifest):
    """Tells if the product computes a reverse diffusion of rows for the served blend, as the dense peers do for any."""
    views = manifest.get("blend", {}).get("views", {})
    if not views and manifest["family"] != "diffmm" or any(name.startswith(("denoised.", manifest["family"])) for name in views):
        return True
    form = manifest["settings"].get("recommendation", manifest["settings"])
    return (not views or "embeddings" in views) and form.get("modality-graph", 0) > 0


def load_average():
    return [round(average, 2) for average in os.getloadavg()]


def conditions(options, target):
    """Machine, commit and model, for the report."""
    processors = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    views = target.manifest.get("blend", {}).get("views", {})
    return {
        "processor": processors[0] if processors else "unknown",
        "cores": len(os.sched_getaffinity(0)),
        "memoryGiB": round(psutil.virtual_memory().total / 2**30),
        "loadBefore": load_average(),
        "busy": options.busy,
        "commit": git("rev-parse", "--short", "HEAD") + (" with changes" if git("status", "--porcelain", "-uno") else ""),
        "model": f"{target.manifest['name']}/{target.manifest['version']}, {target.manifest['family']}",
        "items": target.manifest["dataset"]["items"],
        "users": target.manifest["dataset"]["users"],
        "views": {name: view["weight"] for name, view in views.items()},
        "productDenoisesRows": denoises_rows(target.manifest),
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
    parser.add_argument("--warm-up", type=int, default=60, metavar="SECONDS",
                        help=f"load on the product before the first round; on a peer at most {PEER_WARM_UP} (default: 60)")
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
        servers = start(options, work, stack)
        known["equalLists"] = equal_lists(servers, target)
        results = run(options, servers, target, stack)
    known["loadAfter"] = load_average()
    print("\n".join(f"{name}: {value}" for name, value in known.items()) + "\n\n" + table(results))
    if options.out:
        ratio = {clients: {name: ratios(servers, name) for name in options.peers} for clients, servers in results.items()}
        options.out.write_text(json.dumps({"conditions": known, "figures": results, "ratios": ratio}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
