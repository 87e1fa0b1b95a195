#!/usr/bin/env python3
"""Records the answers of a server that serves the demo model, and compares two recordings byte for byte.

    benchmarks/answers.py record URL DIRECTORY     one file a request: status, ETag and body
    benchmarks/answers.py compare BEFORE AFTER     lists every file that differs; the exit status is 1 if one does

Start each server with a fresh database of interactions (`--spring.datasource.url` or an empty working directory), since
answers depend on what users did. A change that is meant not to change behaviour is checked by recording before and after.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

TIMEOUT_SECONDS = 30


def requests():
    """Name, method, path and body of each request."""
    for user in [f"u{number}" for number in range(0, 1000, 7)] + ["newcomer"]:
        yield f"user-{user}", "GET", f"/users/{user}/recommendations?limit=20", None
    for user in ("u0", "u42", "u999", "newcomer"):
        for query in ("limit=1", "limit=100", "limit=10&offset=15", "limit=5&offset=290", "excludeSeen=false",
                      "limit=5&explain=true", "limit=100&explain=true&excludeSeen=false"):
            yield f"query-{user}-{query}", "GET", f"/users/{user}/recommendations?{query}", None
    for item in ("v0", "v17", "v261", "v299"):
        for query in ("", "?limit=3", "?limit=100"):
            yield f"similar-{item}{query}", "GET", f"/items/{item}/similar{query}", None
    for name, history in (("none", []), ("one", ["v1"]), ("two", ["v1", "v2"]), ("many", [f"v{i}" for i in range(0, 90, 3)]),
                          ("unknown", ["v1", "nothing"]), ("twice", ["v5", "v5", "v6"])):
        yield f"session-{name}", "POST", "/recommendations?limit=10", {"history": history}
        yield f"session-{name}-explain", "POST", "/recommendations?limit=10&explain=true", {"history": history}
    for query in ("limit=0", "limit=101", "limit=x", "offset=-1", "offset=100000", "excludeSeen=maybe", "explain=2", "lmit=3"):
        yield f"problem-{query}", "GET", f"/users/u1/recommendations?{query}", None
    yield "problem-item", "GET", "/items/nothing/similar", None
    yield "problem-path", "GET", "/nothing", None
    yield "problem-method", "DELETE", "/recommendations", None
    yield "problem-id", "GET", f"/users/{'x' * 600}/recommendations", None
    for name, body in (("no-history", {}), ("text", "history"), ("long", {"history": ["v1"] * 100000}), ("null", {"history": [None]})):
        yield f"problem-session-{name}", "POST", "/recommendations", body
    yield "live-post", "POST", "/users/live/interactions", [{"itemId": "v17"}, {"itemId": "v3"}]
    yield "live-after", "GET", "/users/live/recommendations?limit=10", None
    yield "live-after-explain", "GET", "/users/live/recommendations?limit=10&explain=true", None
    for name, body in (("unknown", {"itemId": "nothing"}), ("empty", {}), ("field", {"itemId": "v1", "colour": "red"}),
                       ("weight", {"itemId": "v1", "weight": -1}), ("time", {"itemId": "v1", "timestamp": "yesterday"})):
        yield f"problem-live-{name}", "POST", "/users/live/interactions", body
    yield "live-take-back", "DELETE", "/users/live/interactions/v3", None
    yield "live-after-taking-back", "GET", "/users/live/recommendations?limit=10", None
    yield "live-erase", "DELETE", "/users/live", None
    yield "live-after-erasing", "GET", "/users/live/recommendations?limit=10", None


def answer(url, method, path, body):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, method=method, headers={"Content-Type": "application/json"})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as problem:
        response = problem
    with response:
        head = f"{response.status} {response.headers.get('Content-Type')} {response.headers.get('ETag')}\n"
        return head.encode() + response.read()


def record(url, directory):
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, method, path, body in requests():
        file = directory / re.sub(r"[^\w.=-]+", "_", name)[:120]
        file.write_bytes(answer(url, method, path, body))
        count += 1
    print(f"recorded {count} answers")


def compare(before, after):
    before, after = Path(before), Path(after)
    names = sorted({file.name for file in before.iterdir()} | {file.name for file in after.iterdir()})
    differing = []
    for name in names:
        left, right = before / name, after / name
        if not left.exists() or not right.exists() or left.read_bytes() != right.read_bytes():
            differing.append(name)
            print(f"{name}\n  before: {head(left)}\n  after:  {head(right)}")
    print(f"{len(names)} answers, {len(differing)} differ")
    return 1 if differing else 0


def head(file):
    return file.read_bytes()[:600] if file.exists() else "absent"


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "record":
        record(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 4 and sys.argv[1] == "compare":
        sys.exit(compare(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(__doc__)
