"""Models of the peer servers, read from the files of a published artifact (model-artifacts/README.md).

The diffusion models are the published computation: T steps of the denoiser on dense rows of all items, for `diffmm` once per modality,
then the user's embedding times those of the items. Equations: Wang et al. 2023 (arXiv 2304.04971), Jiang et al. 2024 (arXiv 2406.11781).

Letters: B users of a batch, I items, H hidden width, E width of the step embedding, T steps, d embedding width.
"""

import json
import math
from pathlib import Path
from typing import List, Tuple

import numpy as np
import torch
from torch import Tensor, nn


class Artifact:
    """Ids, histories and settings of a published version."""

    def __init__(self, directory):
        root = Path(directory)
        self.root = root / (root / "current").read_text().strip() if (root / "current").exists() else root
        self.manifest = self._json("manifest.json")
        self.family = self.manifest["family"]
        self.settings = self.manifest["settings"]
        self.users = self._json("users.json")
        self.items = [item["id"] for item in self._json("items.json")]
        self.offsets = np.load(self.root / "history_offsets.npy")
        self.history_items = np.load(self.root / "history_items.npy")

    def _json(self, name):
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def history(self, user):
        """Items of a user, oldest first."""
        return self.history_items[self.offsets[user] : self.offsets[user + 1]]

    def view_weights(self):
        """Weights of the served views, by name; empty if the first view ranks alone."""
        return {name: view["weight"] for name, view in self.manifest.get("blend", {}).get("views", {}).items()}

    def tensors(self):
        from safetensors.torch import load_file  # random weights of gpu.py do without it
        return load_file(self.root / "weights.safetensors")


class Rows:
    """Conversion of histories to the dense input rows of a denoiser."""

    def __init__(self, artifact):
        self.width = len(artifact.items)
        self.diffusion = artifact.settings["diffusion"]
        self.temporal = artifact.settings.get("temporal", {"least": 1, "greatest": 1})

    def of(self, histories):
        """Returns rows and the mask of seen items, both `[B, I]`."""
        rows = np.zeros((len(histories), self.width), dtype=np.float32)
        seen = np.zeros((len(histories), self.width), dtype=bool)
        for at, history in enumerate(histories):
            rows[at, history] = self.weights(len(history))
            seen[at, history] = True
        return torch.from_numpy(rows), torch.from_numpy(seen)

    def weights(self, length):
        least, greatest = self.temporal["least"], self.temporal["greatest"]
        positions = np.linspace(0, 1, length) if length > 1 else np.ones(length)
        weights = least + (greatest - least) * positions ** self.temporal.get("power", 1)
        if self.diffusion.get("objective", "reconstruction") == "reconstruction":
            return weights
        return weights * (self.diffusion.get("row-sum", 1) / max(weights.sum(), 1e-12))


def reverse_coefficients(diffusion):
    """Returns, for t = 1..T, the coefficients `o_t`, `n_t` of `x_{t-1} = o_t output + n_t x_t`."""
    steps, scale, first, last = (diffusion[name] for name in ("steps", "noise-scale", "noise-min", "noise-max"))
    shares = np.linspace(0, 1, steps) if steps > 1 else np.zeros(1)
    signals = 1 - scale * (first + shares * (last - first))
    betas = np.minimum(1 - signals / np.concatenate([[1], signals[:-1]]), 0.999)
    betas[0] = diffusion["first-beta"]
    signals = np.concatenate([[1], np.cumprod(1 - betas)])  # abar_0 .. abar_T
    coefficients = []
    for t in range(1, steps + 1):
        clean = betas[t - 1] * math.sqrt(signals[t - 1]) / (1 - signals[t])
        noisy = (1 - signals[t - 1]) * math.sqrt(1 - betas[t - 1]) / (1 - signals[t])
        if diffusion.get("prediction", "clean") == "noise":  # xhat = (x_t - sqrt(1 - abar_t) output) / sqrt(abar_t)
            noisy += clean / math.sqrt(signals[t])
            clean *= -math.sqrt(1 / signals[t] - 1)
        coefficients.append((float(clean), float(noisy)))
    return coefficients


def linear(weight, bias):
    """Returns the layer `x weight + bias`; `weight` is `[in, out]`."""
    layer = nn.Linear(weight.shape[0], weight.shape[1])
    layer.weight.data = weight.t().contiguous()
    layer.bias.data = bias
    return layer


class Network(nn.Module):
    """`MLP([x_t ; emb(t)])` with tanh after every layer but the last."""

    def __init__(self, tensors, prefix, steps):
        super().__init__()
        own = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        layers = [linear(torch.cat([own["in.items"], own["in.steps"]]), own["in.bias"])]
        while (name := f"layer.{len(layers) - 1}.") + "weight" in own:
            layers.append(linear(own[name + "weight"], own[name + "bias"]))
        self.hidden = nn.ModuleList(layers[:-1])
        self.output = layers[-1]
        half = own["step.weight"].shape[0] // 2
        angles = torch.arange(steps)[:, None] * torch.exp(-math.log(10_000) * torch.arange(half) / half)
        sinusoid = torch.cat([torch.cos(angles), torch.sin(angles)], 1)
        self.register_buffer("steps", sinusoid @ own["step.weight"] + own["step.bias"])  # [T, E]

    def forward(self, rows: Tensor, step: int) -> Tensor:
        value = torch.cat([rows, self.steps[step - 1].expand(rows.shape[0], -1)], 1)  # [B, I + E]
        for layer in self.hidden:
            value = torch.tanh(layer(value))
        return self.output(value)  # [B, I]


class Denoiser(nn.Module):
    """Reverse diffusion of rows, or passes with feedback if the settings have it (docs/training.md)."""

    coefficients: List[Tuple[float, float]]

    def __init__(self, tensors, prefix, diffusion):
        super().__init__()
        feedback = diffusion.get("feedback") or {}
        self.network = Network(tensors, prefix, diffusion["steps"])
        self.coefficients = reverse_coefficients(diffusion)
        self.share = float(feedback.get("share", 0))
        self.leading = min(int(feedback.get("items", 0)), tensors[prefix + "in.items"].shape[0])
        self.row_sum = float(diffusion.get("row-sum", 1))

    def forward(self, rows: Tensor, seen: Tensor) -> Tensor:
        return self.passes(rows, seen) if self.leading > 0 else self.reverse(rows)

    def reverse(self, rows: Tensor) -> Tensor:
        for step in range(len(self.coefficients), 0, -1):
            output, noisy = self.coefficients[step - 1]
            rows = output * self.network(rows, step) + noisy * rows
        return rows

    def passes(self, rows: Tensor, seen: Tensor) -> Tensor:
        state = self.network(rows, 1)
        for _ in range(1, len(self.coefficients)):
            best, items = state.masked_fill(seen, float("-inf")).topk(self.leading, 1)
            shares = torch.zeros_like(rows).scatter(1, items, torch.softmax(best, 1))
            state = self.network((1 - self.share) * rows + self.share * self.row_sum * shares, 1)
        return state


class RowRanker(nn.Module):
    """`diffrec` and `t-diffrec`: the denoised row ranks the items."""

    def __init__(self, artifact):
        super().__init__()
        self.denoiser = Denoiser(artifact.tensors(), "denoiser.", artifact.settings["diffusion"])

    def forward(self, users: Tensor, rows: Tensor, seen: Tensor) -> Tensor:
        return self.denoiser(rows, seen)


class GraphUsers(nn.Module):
    """Published recommendation part of DiffMM: propagation of the user's row over the states of the items, `H_u . H_i`."""

    def __init__(self, tensors, form, modalities):
        super().__init__()
        root = tensors["item.degree"].float().sqrt()[:, None]
        items = tensors["item.embedding"]
        generated = [items / tensors[f"item.generated-degree.{name}"].float().sqrt()[:, None] for name in modalities]
        self.register_buffer("users", tensors["user.embedding"])
        self.register_buffer("embeddings", items / root)
        self.register_buffer("mapped", torch.stack([tensors[f"item.mapped.{name}"] / root for name in modalities]))
        self.register_buffer("generated", torch.stack(generated))  # [M, I, d]
        self.register_buffer("layers", torch.stack([tensors[f"item.layer.{at}"] / root for at in range(form["layers"])]))
        self.register_buffer("last", tensors["item.last"].t().contiguous())
        self.register_buffer("weights", torch.softmax(tensors["modality.weight"], 0))
        self.modality_graph, self.residual = float(form["modality-graph"]), float(form["residual"])
        self.edges = int(form["edges-per-user"])

    def forward(self, users: Tensor, row: Tensor, denoised: List[Tensor]) -> Tensor:
        degree = row.sum(1, keepdim=True) + 1
        own = self.users[users]
        first = torch.zeros_like(own)
        for at, rows in enumerate(denoised):
            once = own / degree + row @ self.mapped[at] / degree.sqrt()
            twice = once / degree + row @ self.embeddings / degree.sqrt()
            edges = self.generated[at][rows.topk(self.edges, 1)[1]].sum(1)  # [B, d]
            graph = own / (self.edges + 1) + edges / (self.edges + 1.0) ** 0.5
            first = first + self.weights[at] * (once + twice + self.modality_graph * graph)
        total, state = first, first
        for at in range(self.layers.shape[0]):
            state = state / degree + row @ self.layers[at] / degree.sqrt()
            total = total + state
        return (total + self.residual * nn.functional.normalize(first, dim=1)) @ self.last


class HistoryUsers(nn.Module):
    """Recommendation part of the form `history`: cosine of the sum of the history's item vectors and each item's vector."""

    def __init__(self, tensors, form, modalities):
        super().__init__()
        vectors, lengths = tensors["item.vectors"], tensors["item.lengths"]
        self.views = lengths.shape[1]
        summed = vectors * lengths.repeat_interleave(vectors.shape[1] // self.views, 1)
        self.graph = float(form.get("modality-graph", 0))
        names = modalities if self.graph > 0 else []
        generated = [summed / tensors[f"item.generated-degree.{name}"].float().sqrt()[:, None] for name in names]
        self.register_buffer("summed", summed / tensors["item.degree"].float().sqrt()[:, None])
        self.register_buffer("generated", torch.stack(generated or [torch.zeros(1, 1)]))
        self.register_buffer("vectors", vectors.t().contiguous())
        self.edges = int(form.get("edges-per-user", 1))

    def forward(self, users: Tensor, row: Tensor, denoised: List[Tensor]) -> Tensor:
        total = row @ self.summed / row.sum(1, keepdim=True).clamp(min=1).sqrt()
        if self.graph > 0:
            for at, rows in enumerate(denoised):
                edges = self.generated[at][rows.topk(self.edges, 1)[1]].sum(1)
                total = total + self.graph * edges / float(self.edges) ** 0.5
        unit = nn.functional.normalize(total.view(row.shape[0], self.views, -1), dim=2)
        return unit.flatten(1) @ self.vectors


class DiffMM(nn.Module):
    """DiffMM: the reverse diffusion of every modality, then the embeddings; ranks by the served weights of these views."""

    weights: List[float]

    def __init__(self, artifact):
        super().__init__()
        tensors, settings, served = artifact.tensors(), artifact.settings, artifact.view_weights()
        names = sorted(name.split(".")[1] for name in tensors if name.startswith("denoiser.") and name.endswith(".in.items"))
        form = settings.get("recommendation", settings)
        part = HistoryUsers if form.get("form", "published") == "history" else GraphUsers
        self.recommendation = part(tensors, form, names)
        self.denoisers = nn.ModuleList([Denoiser(tensors, f"denoiser.{name}.", settings["diffusion"]) for name in names])
        self.weights = [float(served.get(f"denoised.{name}", 0)) for name in names]
        self.embeddings = float(served.get("embeddings", 0 if any(self.weights) else 1))

    def forward(self, users: Tensor, rows: Tensor, seen: Tensor) -> Tensor:
        denoised: List[Tensor] = []
        for denoiser in self.denoisers:
            denoised.append(denoiser(rows, seen))
        scores = self.embeddings * self.recommendation(users, seen.to(rows.dtype), denoised)
        for at, weight in enumerate(self.weights):
            scores = scores + weight * denoised[at]
        return scores


class DiffusionRanker:
    """Ranks batches of users with the published dense computation."""

    FAMILIES = {"diffmm": DiffMM, "diffrec": RowRanker, "t-diffrec": RowRanker}

    def __init__(self, artifact, scripted):
        if artifact.family not in self.FAMILIES:
            raise ValueError(f"no dense peer for the family {artifact.family}; there is one for {', '.join(self.FAMILIES)}")
        self.artifact, self.rows = artifact, Rows(artifact)
        model = self.FAMILIES[artifact.family](artifact).eval()
        self.model = torch.jit.freeze(torch.jit.script(model)) if scripted else model

    @torch.inference_mode()
    def rank(self, users, limit):
        """Returns item rows and scores of each user, best first."""
        rows, seen = self.rows.of([self.artifact.history(user) for user in users])
        scores = self.model(torch.tensor(users), rows, seen).masked_fill(seen, float("-inf"))
        best, items = scores.topk(min(limit, scores.shape[1]), 1)
        return list(zip(items.tolist(), best.tolist()))


class EaseRanker:
    """EASE (Steck 2019, arXiv 1905.03375) over the items with interactions: `B = -P / diag(P)`, `P = inv(X^T X + lambda)`."""

    def __init__(self, artifact, ridge):
        import scipy.sparse  # no other ranker needs it
        self.artifact = artifact
        shape = (len(artifact.users), len(artifact.items))
        ones = np.ones(len(artifact.history_items))
        self.used = np.unique(artifact.history_items)
        matrix = scipy.sparse.csr_matrix((ones, artifact.history_items, artifact.offsets), shape)[:, self.used]
        inverse = np.linalg.inv((matrix.T @ matrix).toarray() + ridge * np.eye(len(self.used)))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)
        self.weights = weights.astype(np.float32)

    def rank(self, user, limit):
        """Returns item rows and scores of a user, best first."""
        history = np.searchsorted(self.used, self.artifact.history(user))
        scores = self.weights[history].sum(0)
        scores[history] = -np.inf
        limit = min(limit, len(scores))
        best = np.argpartition(-scores, limit - 1)[:limit]
        best = best[np.argsort(-scores[best])]
        return self.used[best].tolist(), scores[best].tolist()
