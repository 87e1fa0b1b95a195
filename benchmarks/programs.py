"""Programs of src/main/resources/torchscript with the weights of a denoiser, their floors and their checks, for gpu.py.

The calls are those of HiddenReverseDiffusion.java and FlatScan.java. Letters: B users of a batch, I items (I' with the padding of a scan),
H first hidden layer, F last hidden layer, T steps.
"""

import math
import random
import subprocess
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
from models import Artifact, Denoiser, DiffusionRanker, Rows, reverse_coefficients  # noqa: E402

PROGRAMS = Path(__file__).resolve().parent.parent / "src/main/resources/torchscript"
PUBLISHED = {"steps": 5, "noise-scale": 0.1, "noise-min": 0.0001, "noise-max": 0.02, "first-beta": 0.0001}
EMBEDDING = 10  # E of random weights
BLOCK = 64  # items in a block of a scan
CHECKED_USERS, CHECKED_ITEMS, TOP = 4, 10_000, 20
LOOP_BOUND = 1e-5  # share of the product of norms, as in docs/performance.md, Rounding
WARM_UP = 3  # the second call of a program compiles it for its shapes
UNIT = 2.0**-24  # rounding to float32
BYTES = {"float32": 4, "bfloat16": 2}


class Weights:
    """Denoiser of item rows, named as in an artifact, with its settings and the histories to compute."""

    def __init__(self, name, tensors, diffusion, histories, row):
        self.name, self.tensors, self.diffusion, self.histories, self.row = name, tensors, diffusion, histories, row
        self.items, self.hidden = tensors["in.items"].shape
        layers = sum(key.endswith(".weight") and key.startswith("layer.") for key in tensors)
        self.between = [(tensors[f"layer.{at}.weight"], tensors[f"layer.{at}.bias"]) for at in range(layers - 1)]
        self.output, self.bias = tensors[f"layer.{layers - 1}.weight"], tensors[f"layer.{layers - 1}.bias"]
        self.width = self.output.shape[0]

    def first(self, items):
        """Returns the denoiser of the first items alone, in float32 on the CPU."""
        last = f"layer.{len(self.between)}."
        cut = {"in.items": lambda w: w[:items], last + "weight": lambda v: v[:, :items], last + "bias": lambda v: v[:items]}
        tensors = {name: cut.get(name, lambda same: same)(tensor).cpu() for name, tensor in self.tensors.items()}
        histories = [[item for item in history if item < items] for history in self.histories[:CHECKED_USERS]]
        return Weights(self.name, tensors, self.diffusion, histories, self.row)

    def rows(self):
        """Returns the dense rows of all users in float64, `[B, I]`."""
        rows = torch.zeros(len(self.histories), self.items, dtype=torch.float64)
        for row, history in zip(rows, self.histories):
            row[history] = torch.as_tensor(self.row(len(history)), dtype=torch.float64)
        return rows

    def batch(self, count, block):
        """Returns the sparse rows of users in blocks: columns, offsets and values, as SparseRows.java has them."""
        users = [self.histories[at % len(self.histories)] for at in range(count)]
        return [sparse(users[at : at + block], self.row) for at in range(0, count, block)]


def sparse(histories, row):
    lengths = torch.tensor([0] + [len(history) for history in histories[:-1]])
    columns = torch.tensor([item for history in histories for item in history], dtype=torch.int64)
    values = torch.cat([torch.as_tensor(row(len(history)), dtype=torch.float32) for history in histories])
    return columns, lengths.cumsum(0), values


def published(directory, device):
    """Reads the first denoiser of an artifact."""
    try:
        artifact = Artifact(directory)
        if artifact.family not in DiffusionRanker.FAMILIES:
            raise ValueError(f"its family is {artifact.family}; use one of {', '.join(DiffusionRanker.FAMILIES)}")
        tensors = artifact.tensors()
        prefix = min((name for name in tensors if name.endswith("in.items")), default="").removesuffix("in.items")
        own = {name.removeprefix(prefix): tensor.to(device) for name, tensor in tensors.items() if name.startswith(prefix)}
        histories = [artifact.history(user).tolist() for user in range(min(len(artifact.users), 4096))]
        name = f"{artifact.manifest['name']}/{artifact.manifest['version']}, {prefix}*"
        name += " without feedback" if artifact.settings["diffusion"].get("feedback") else ""
        return Weights(name, own, artifact.settings["diffusion"], histories, Rows(artifact).weights)
    except Exception as problem:  # a damaged file raises an exception of its reader
        reason = f"has no {problem}" if isinstance(problem, KeyError) else problem
        sys.exit(f"gpu.py: artifact {directory} cannot be used: {reason}; --artifact needs the directory of a published model or version")


def untrained(items, hidden, steps, history, device):
    """Draws weights of the given sizes, and histories of equal length."""
    torch.manual_seed(1)

    def normal(scale, *shape):
        return torch.randn(shape, device=device).mul_(scale)

    tensors = {
        "in.items": normal(items**-0.5, items, hidden), "in.steps": normal(0.3, EMBEDDING, hidden), "in.bias": normal(0.1, hidden),
        "step.weight": normal(0.3, EMBEDDING, EMBEDDING), "step.bias": normal(0.1, EMBEDDING),
        "layer.0.weight": normal(hidden**-0.5, hidden, items), "layer.0.bias": normal(0.1, items),
    }
    draw = random.Random(1)
    histories = [draw.sample(range(items), min(history, items)) for _ in range(4096)]
    return Weights("random weights", tensors, PUBLISHED | {"steps": steps}, histories, lambda length: [1.0] * length)


def program(name):
    """Loads a program, which contains no weights. A server loads it onto its device; see `loads_on`."""
    file = PROGRAMS / f"{name}.pt"
    if not file.exists():
        sys.exit(f"gpu.py: {file} does not exist; run gpu.py in a complete checkout of the repository")
    try:
        return torch.jit.load(str(file))
    except RuntimeError as problem:
        reason = str(problem).strip().splitlines()[0]
        sys.exit(f"gpu.py: PyTorch {torch.__version__} cannot load {file.name}: {reason}; the programs are compiled by PyTorch 2.7.1")


def loads_on(device):
    """Tries, in processes of their own that may crash, to load each program onto a GPU, as a server does."""
    code = "import sys, torch; torch.jit.load(sys.argv[1], map_location=sys.argv[2])"
    results = {}
    for name in ["reverse-diffusion", "item-scan"]:
        done = subprocess.run([sys.executable, "-c", code, PROGRAMS / f"{name}.pt", str(device)], capture_output=True, text=True)
        results[name] = "loads" if done.returncode == 0 else f"exit code {done.returncode}: {(done.stderr.splitlines() or [''])[-1][:200]}"
    return results


class Loop:
    """Prepared `reverse-diffusion.pt`; `dense` is the published loop of the peers on the same items, at most `CHECKED_ITEMS`."""

    def __init__(self, weights, device):
        self.dense = Denoiser(weights.first(CHECKED_ITEMS).tensors, "", weights.diffusion)
        self.program, below, coefficients = program("reverse-diffusion"), 1.0, []
        for output, state in reverse_coefficients(weights.diffusion):
            coefficients.append((state, output, below * output))
            below *= state
        self.row_share, self.output_share = below, sum(gathered for _, _, gathered in coefficients)
        terms = self.dense.network.steps.to(device) @ weights.tensors["in.steps"] + weights.tensors["in.bias"]  # [T, H]
        self.program.prepare(weights.tensors["in.items"], weights.output, weights.bias, terms, torch.tensor(coefficients, device=device))
        for weight, bias in weights.between:
            self.program.layer(weight, bias)


class Scan:
    """Prepared `item-scan.pt`, and the bound of its errors (FlatScan.java, Precision.java)."""

    def __init__(self, weights, share, precision, device):
        self.precision, self.program = precision, program("item-scan")
        store = self.program.__getattr__(precision)  # the module of Python has a method `bfloat16` of its own
        norms = store(weights.output.t().contiguous(), weights.bias * share)
        self.held_error, self.held_norm, self.bias_norm = norms.double().tolist()

    def bound(self, queries, products):
        """Returns the bound of the error of each product, `[B, I]`."""
        norm = queries.norm(dim=1, keepdim=True)
        error, relative = UNIT * norm, 0.0
        if self.precision == "bfloat16":
            error = error + (queries - queries.bfloat16().double()).norm(dim=1, keepdim=True)
            relative = 1.01 * 2.0**-8
        product = (norm + error) * self.held_norm
        summed = (queries.shape[1] + 8) * UNIT * (product + self.bias_norm)
        return norm * self.held_error + error * self.held_norm + summed + relative * (self.bias_norm + products.abs())


def check_loop(weights, device):
    """Compares the hidden loop with the dense published loop in float64: the largest difference as a share of the product of norms."""
    few = weights.first(CHECKED_ITEMS)
    moved = Weights(few.name, {name: tensor.to(device) for name, tensor in few.tensors.items()}, few.diffusion, few.histories, few.row)
    loop = Loop(moved, device)
    columns, offsets, values = moved.batch(len(few.histories), CHECKED_USERS)[0]
    features = loop.program(columns.to(device), offsets.to(device), values.to(device)).cpu().double()
    rows = few.rows()
    output = few.output.double()
    hidden = features @ output + loop.output_share * few.bias.double() + loop.row_share * rows
    norms = features.norm(dim=1, keepdim=True) * output.norm(dim=0).max()
    error = ((hidden - loop.dense.double().reverse(rows)).abs() / norms).max().item()
    return {"check": f"hidden loop, {few.items:,} items of {few.name}: largest error {error:.1e} of the norms, bound {LOOP_BOUND:.0e}",
            "error": error, "passed": error <= LOOP_BOUND}


def check_scan(weights, loop, scan, device):
    """Compares a scan with exact products in float64: the largest error as a share of its bound, and the best items."""
    users = min(CHECKED_USERS, len(weights.histories))
    queries = loop.program(*(part.to(device) for part in weights.batch(users, users)[0]))
    products = scan.program(queries)[0][:, : weights.items].cpu().double()
    queries = queries.cpu().double()
    blocks = range(0, weights.items, CHECKED_ITEMS)
    exact = torch.cat([queries @ weights.output[:, at : at + CHECKED_ITEMS].cpu().double() for at in blocks], 1)
    exact += loop.output_share * weights.bias.cpu().double()
    bound, top = scan.bound(queries, products), min(TOP, weights.items)
    error = ((products - exact).abs() / bound).max().item()
    found, best = products.topk(top).indices, exact.topk(top)
    missed = (best.values[:, -1:] - exact.gather(1, found)).clamp(min=0) / (2 * bound.max(1, keepdim=True).values)
    equal = sum(set(a) == set(b) for a, b in zip(found.tolist(), best.indices.tolist()))
    return {"check": f"scan in {scan.precision}, {weights.items:,} items: largest error {error:.1%} of its bound; "
                     f"best {top} items equal for {equal} of {users} users",
            "error": error, "missed": missed.max().item(), "passed": error <= 1 and missed.max().item() <= 1}


def synchronise(device):
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def timed(action, device, seconds, runs):
    """Returns the milliseconds of repeated runs after a warm-up, at least three, ascending."""
    for _ in range(WARM_UP):
        action()
    synchronise(device)
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or (len(times) < runs and time.perf_counter() < end):
        start = time.perf_counter()
        action()
        synchronise(device)
        times.append(1000 * (time.perf_counter() - start))
    return sorted(times)


def rates(device, size, seconds):
    """Measures the device: operations/s of a product of `size`, bytes/s of a copy (read and written), of a sum and of a copy to the host."""
    gpu, measured = device.type == "cuda", {"tf32": None, "host": None}
    for name, kind in [("float32", torch.float32), ("tf32", torch.float32), ("bfloat16", torch.bfloat16)]:
        if name == "tf32" and not gpu:
            continue
        torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
        a, b = (torch.randn(size, size, device=device).to(kind) for _ in range(2))
        measured[name] = 2 * size**3 / (timed(lambda: a @ b, device, seconds, 20)[0] / 1000)
    torch.backends.cuda.matmul.allow_tf32 = False
    source = torch.ones((1 << 30 if gpu else 1 << 28) // 4, device=device)
    target = torch.empty_like(source)
    measured["copy"] = 8 * source.numel() / (timed(lambda: target.copy_(source), device, seconds, 20)[0] / 1000)
    measured["read"] = 4 * source.numel() / (timed(source.sum, device, seconds, 20)[0] / 1000)
    if gpu:
        measured["host"] = 4 * source.numel() / (timed(source.cpu, device, seconds, 5)[0] / 1000)
    return measured


def padded(items):
    return math.ceil(items / BLOCK) * BLOCK


def floors(weights, precision, batch, entries, measured):
    """Returns the floors of a batch in ms: bytes read and written once, and operations."""
    steps, (wide, narrow) = weights.diffusion["steps"], (weights.hidden, weights.width)
    between = sum(weight.numel() for weight, _ in weights.between)
    products = batch * padded(weights.items)
    loop = 2 * (entries * wide + batch * ((steps - 1) * narrow * wide + steps * between))
    scan = 2 * products * narrow
    read = 4 * (min(entries, weights.items) * wide + (steps > 1) * narrow * wide + between) + BYTES[precision] * narrow * padded(weights.items)
    written = 4 * products * (1 + 1 / BLOCK)
    result = {"memory": 1000 * (read + written) / max(measured["copy"], measured["read"]),
              "arithmetic": 1000 * (loop / measured["float32"] + scan / measured[precision])}
    if measured["tf32"] and precision == "float32":
        result["tf32"] = 1000 * (loop + scan) / measured["tf32"]
    if measured["host"]:
        result["host"] = 1000 * written / measured["host"]
    return result
