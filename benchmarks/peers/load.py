"""Server processes, the load on them, and neighbours, for compare.py. Ends only processes that it started."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

USERS_SCRIPT = Path(__file__).resolve().parent.parent / "distinct-users.lua"
START_SECONDS = 600
STOP_SECONDS = 30
SETTLE_SECONDS = 10
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

    def settle(self):
        """Waits until the server has finished the requests that wrk abandoned at its end."""
        end = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < end:
            before = self.cpu_seconds()
            time.sleep(0.2)
            if self.cpu_seconds() - before < 0.02:
                return

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


def neighbour():
    """Starts a process that keeps a core busy."""
    return subprocess.Popen([sys.executable, "-c", BUSY])


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def drive(server, clients, seconds, target):
    """Runs wrk; returns answers per second with status 200, latencies in ms, and numbers of answers and errors."""
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "60s", "--latency"]
    if target.cached:
        command.append(f"http://127.0.0.1:{server.port}{target.path}")
    else:
        command += ["-s", str(USERS_SCRIPT), f"http://127.0.0.1:{server.port}"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"USERS": str(target.users)}).stdout
    return parsed(text)


def parsed(text):
    """Figures in wrk's output."""

    def find(pattern):
        return [group for match in re.finditer(pattern, text) for group in match.groups()]

    (requests,) = map(int, find(r"(\d+) requests in"))
    (rate,) = map(float, find(r"Requests/sec: +([\d.]+)"))
    p50, p99 = map(milliseconds, find(r"(?m)^ +(?:50|99)% +(\S+)"))
    refused = sum(map(int, find(r"Non-2xx or 3xx responses: (\d+)")))
    broken = sum(map(int, find(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")))
    return {"rate": rate * (requests - refused) / max(requests, 1), "p50": p50, "p99": p99, "requests": requests, "errors": refused + broken}
