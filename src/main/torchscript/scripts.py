"""Writes the TorchScript programs that the engine runs: one call from Java in place of dozens.

    python scripts.py ../resources/torchscript

They hold no weights; Java hands those over once (`prepare`) and calls `forward` from then on. Written with torch 2.7.1,
the version of the engine.
"""

import sys
from pathlib import Path
from typing import Final, List

import torch
from torch import Tensor


class ReverseDiffusion(torch.nn.Module):
    """Reverse diffusion on vectors as wide as the hidden layer; see HiddenReverseDiffusion.java."""

    clean: List[float]
    noisy: List[float]
    weights: List[Tensor]
    biases: List[Tensor]

    def __init__(self):
        super().__init__()
        self.items = torch.empty(0)
        self.loop = torch.empty(0)
        self.loop_bias = torch.empty(0)
        self.step_terms = torch.empty(0)
        self.clean = []
        self.noisy = []
        self.weights = []
        self.biases = []

    @torch.jit.export
    def prepare(self, items: Tensor, weight: Tensor, bias: Tensor, step_terms: Tensor, coefficients: Tensor) -> Tensor:
        """items [I, H], weight [F, I], bias [I], step_terms [T, H], coefficients [T, 2]: step t at t - 1."""
        self.items = items
        self.loop = weight @ items
        self.loop_bias = bias @ items
        self.step_terms = step_terms
        for step in range(coefficients.size(0)):
            self.clean.append(float(coefficients[step, 0]))
            self.noisy.append(float(coefficients[step, 1]))
        return torch.empty(0)

    @torch.jit.export
    def layer(self, weight: Tensor, bias: Tensor) -> Tensor:
        """One more hidden layer, y = x weight + bias."""
        self.weights.append(weight)
        self.biases.append(bias)
        return torch.empty(0)

    def forward(self, columns: Tensor, offsets: Tensor) -> Tensor:
        """The ones of B rows, row after row, and where each row begins; gives f_1 [B, F]."""
        state = torch.embedding_bag(self.items, columns, offsets, False, 0)[0]  # z_T [B, H]
        for step in range(len(self.clean) - 1, 0, -1):
            clean = self.clean[step]
            state = torch.addmm(
                state * self.noisy[step] + self.loop_bias * clean, self.features(state, step), self.loop, alpha=clean
            )
        return self.features(state, 0)

    def features(self, state: Tensor, step: int) -> Tensor:
        value = (state + self.step_terms[step]).tanh_()
        for weight, bias in zip(self.weights, self.biases):
            value = torch.addmm(bias, value, weight).tanh_()
        return value


class ItemScan(torch.nn.Module):
    """Inner products of queries with every item, the items' vectors held in a type of choice; see ItemScan.java.

    Items are filled up to whole blocks of 64 with some whose product is minus infinity.
    """

    block: Final[int] = 64

    def __init__(self):
        super().__init__()
        self.vectors = torch.empty(0)
        self.bias = torch.empty(0)
        self.processor = True
        self.quantised = False
        self.packed = torch.ops.quantized.linear_prepack(
            torch.quantize_per_channel(torch.ones(1, 1), torch.ones(1), torch.zeros(1, dtype=torch.long), 0, torch.qint8),
            None,
        )

    @torch.jit.export
    def float32(self, vectors: Tensor, bias: Tensor) -> Tensor:
        """vectors [I, F], bias [I]. Gives three numbers: how far a held vector is from the given one at most, the
        length of the longest held vector, and the greatest bias."""
        self.hold(self.filled(vectors, bias))
        return self.norms(vectors, vectors, bias)

    @torch.jit.export
    def bfloat16(self, vectors: Tensor, bias: Tensor) -> Tensor:
        held = self.filled(vectors, bias).to(torch.bfloat16)
        self.hold(held)
        return self.norms(vectors, held[: vectors.size(0)].to(torch.float32), bias)

    @torch.jit.export
    def int8(self, vectors: Tensor, bias: Tensor) -> Tensor:
        wide = torch.nn.functional.pad(self.filled(vectors, bias), [0, 1])
        scales = (wide.abs().amax(1) / 127).clamp(min=1e-12)
        points = torch.zeros(scales.size(0), dtype=torch.long)
        held = torch.quantize_per_channel(wide, scales, points, 0, torch.qint8)
        self.packed = torch.ops.quantized.linear_prepack(held, None)
        self.quantised = True
        return self.norms(vectors, held.dequantize()[: vectors.size(0), :-1], bias)

    def hold(self, vectors: Tensor):
        """On a processor in the order of its multiplication units, which a product would else make anew each time."""
        self.processor = not vectors.is_cuda
        if self.processor:
            self.vectors = torch.ops.mkldnn._reorder_linear_weight(vectors, None)
        else:
            self.vectors = vectors.t()

    def filled(self, vectors: Tensor, bias: Tensor) -> Tensor:
        missing = -vectors.size(0) % self.block
        self.bias = torch.nn.functional.pad(bias, [0, missing], value=float("-inf"))
        return torch.nn.functional.pad(vectors, [0, 0, 0, missing])

    def norms(self, vectors: Tensor, held: Tensor, bias: Tensor) -> Tensor:
        error = (vectors - held).norm(2, dim=1).max()
        return torch.stack([error, held.norm(2, dim=1).max(), bias.abs().max()])

    def forward(self, queries: Tensor) -> List[Tensor]:
        """queries [B, F]; gives their products [B, I'], and the greatest product of each block [B, I' / 64]."""
        if self.quantised:
            products = self.quantised_product(queries)
        else:
            products = self.product(queries.to(self.vectors.dtype)) + self.bias
        return [products, products.view(queries.size(0), -1, self.block).amax(2)]

    def product(self, queries: Tensor) -> Tensor:
        if self.processor:
            return torch.ops.mkldnn._linear_pointwise(queries, self.vectors, None, "none", [], "")
        return queries @ self.vectors

    def quantised_product(self, queries: Tensor) -> Tensor:
        """Each query as a coarse part and the 127th part of a fine one, both of 7 bits: with 8, processors without VNNI
        overflow. One more column, whose weights are zero, holds 1 and -1, so that the product's own quantisation has
        the step 1 / 63.5 whatever the queries are, and leaves both parts as they are."""
        count = queries.size(0)
        length = queries.abs().amax(1, keepdim=True).clamp(min=1e-30)
        unit = queries / length
        coarse = (unit * 63.5).round().clamp(-63, 63) / 63.5
        fine = ((unit - coarse) * (127 * 63.5)).round().clamp(-63, 63) / 63.5
        parts = torch.ones(2 * count, queries.size(1) + 1)
        parts[:count, :-1] = coarse
        parts[count:, :-1] = fine
        parts[count:, -1] = -1
        products = torch.ops.quantized.linear_dynamic(parts, self.packed, True)
        return torch.add(products[:count], products[count:], alpha=1 / 127).mul_(length).add_(self.bias)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, module in (("reverse-diffusion", ReverseDiffusion()), ("item-scan", ItemScan())):
        torch.jit.script(module.eval()).save(str(target / f"{name}.pt"))
