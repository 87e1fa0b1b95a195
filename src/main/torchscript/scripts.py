"""Compiles the TorchScript programs of the engine, each of which replaces dozens of calls from Java by one.

    pip install torch==2.7.1 numpy
    python scripts.py ../resources/torchscript

Programs contain no weights: Java passes arrays once (`prepare`) and calls `forward` from then on. torch 2.7.1 is the version of
the engine's library. The same torch writes the same bytes in any directory. `programs.sha256` lists the digests of this file
and of each program; a test compares them, so a change here without a new compilation fails.

Gradients are hand-written where that was measured to pay (denoisers, the graph of DiffMM). Other programs use automatic
differentiation, `torch.autograd.grad` between two calls of `torch.set_grad_enabled`; Java runs them with
`EngineScript.differentiate`.
"""

import hashlib
import sys
from pathlib import Path
from typing import Final, List, Tuple

import torch
from torch import Tensor


class ReverseDiffusion(torch.nn.Module):
    """Reverse diffusion on vectors as wide as the hidden layer; see HiddenReverseDiffusion.java."""

    states: List[float]
    outputs: List[float]
    gathered: List[float]
    weights: List[Tensor]
    biases: List[Tensor]

    def __init__(self):
        super().__init__()
        self.items = torch.empty(0)
        self.loop = torch.empty(0)
        self.shifts = torch.empty(0)
        self.states = []
        self.outputs = []
        self.gathered = []
        self.weights = []
        self.biases = []

    @torch.jit.export
    def prepare(self, items: Tensor, weight: Tensor, bias: Tensor, step_terms: Tensor, coefficients: Tensor) -> Tensor:
        """items [I, H], weight [F, I], bias [I], step_terms [T, H], coefficients [T, 3]: n_t, o_t and g_t at t - 1."""
        self.items = items
        self.loop = weight @ items
        terms = step_terms.to(torch.float64)
        past = terms[1:] * coefficients[1:, 0:1] - (bias @ items) * coefficients[1:, 1:2]
        self.shifts = torch.cat([terms[:-1] - past, terms[-1:]]).to(torch.float32)
        for step in range(coefficients.size(0)):
            self.states.append(float(coefficients[step, 0]))
            self.outputs.append(float(coefficients[step, 1]))
            self.gathered.append(float(coefficients[step, 2]))
        return torch.empty(0)

    @torch.jit.export
    def layer(self, weight: Tensor, bias: Tensor) -> Tensor:
        """Adds a hidden layer, y = x weight + bias."""
        self.weights.append(weight)
        self.biases.append(bias)
        return torch.empty(0)

    def forward(self, columns: Tensor, offsets: Tensor, values: Tensor) -> Tensor:
        """Returns sum_t g_t f_t [B, F] for B sparse rows: their columns, the offset of each row, their values."""
        return self.reversed(torch.embedding_bag(self.items, columns, offsets, False, 0, False, values)[0])

    @torch.jit.export
    def dense(self, rows: Tensor) -> Tensor:
        """Returns the same for dense rows [B, I]."""
        return self.reversed(torch.mm(rows, self.items))

    def reversed(self, state: Tensor) -> Tensor:
        """Runs the loop from z_T [B, H]. Its state is z_t + tau_t, the argument of the first layer's phi."""
        last = len(self.states) - 1
        shown = state + self.shifts[last]
        features = self.features(shown)
        total = features * self.gathered[last]
        for back in range(last):
            step = last - back
            shown = torch.add(self.shifts[step - 1], shown, alpha=self.states[step])
            shown.addmm_(features, self.loop, alpha=self.outputs[step])
            features = self.features(shown)
            if self.gathered[step - 1] != 0:
                total.add_(features, alpha=self.gathered[step - 1])
        return total

    def features(self, shown: Tensor) -> Tensor:
        value = shown.tanh()
        for weight, bias in zip(self.weights, self.biases):
            value = torch.addmm(bias, value, weight).tanh_()
        return value


class ItemScan(torch.nn.Module):
    """Inner products of queries with every item, whose vectors are stored in a selectable type; see ItemScan.java.

    Padding items, whose product is minus infinity, fill the last block of 64.
    """

    block: Final[int] = 64

    def __init__(self):
        super().__init__()
        self.vectors = torch.empty(0)
        self.bias = torch.empty(0)
        self.processor = True
        self.quantised = False
        self.scales = torch.empty(0)
        self.points = torch.empty(0)

    @torch.jit.export
    def float32(self, vectors: Tensor, bias: Tensor) -> Tensor:
        """Stores vectors [I, F] and bias [I]. Returns three numbers: the greatest distance of a stored vector from the
        given one, the length of the longest stored vector, and the greatest bias."""
        self.hold(self.filled(vectors, bias))
        return self.norms(vectors, vectors, bias)

    @torch.jit.export
    def bfloat16(self, vectors: Tensor, bias: Tensor) -> Tensor:
        held = self.filled(vectors, bias).to(torch.bfloat16)
        self.hold(held)
        return self.norms(vectors, held[: vectors.size(0)].to(torch.float32), bias)

    @torch.jit.export
    def int8(self, vectors: Tensor, bias: Tensor) -> Tensor:
        filled = self.filled(vectors, bias)
        self.scales = (filled.abs().amax(1) / 127).clamp(min=1e-12)
        self.points = torch.zeros(self.scales.size(0), dtype=torch.int32)
        held = (filled / self.scales.unsqueeze(1)).round_().to(torch.int8)
        self.vectors = torch.ops.onednn.qlinear_prepack(held, None)
        self.quantised = True
        return self.norms(vectors, (held * self.scales.unsqueeze(1))[: vectors.size(0)], bias)

    def hold(self, vectors: Tensor):
        """Stores vectors, on a CPU in the order of its matrix units, which each product would otherwise establish anew."""
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
        """Returns the products [B, I'] of queries [B, F], and the greatest product of each block [B, I' / 64]."""
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
        """Represents a query by a coarse part and 1 / 127 of a fine part, both of 7 bits: with 8 bits, processors without
        VNNI overflow. The sums of integers are exact."""
        count = queries.size(0)
        length = queries.abs().amax(1, keepdim=True).clamp(min=1e-30)
        unit = queries * (63.5 / length)
        coarse = unit.round().clamp_(-63, 63)
        fine = unit.sub_(coarse).mul_(127).round_().clamp_(-63, 63)
        parts = torch.cat([coarse, fine]).add_(64).to(torch.uint8)
        products = torch.ops.onednn.qlinear_pointwise(
            parts, 1 / 63.5, 64, self.vectors, self.scales, self.points, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return torch.add(products[:count], products[count:], alpha=1 / 127).mul_(length).add_(self.bias)


class Adam(torch.nn.Module):
    """AdamW in place, in one pass over the memory; see AdamOptimiser.java.

    The lists are attributes because the compiler considers a fused step over local lists to have no effect and removes
    it.
    """

    parameters_: List[Tensor]
    gradients: List[Tensor]
    means: List[Tensor]
    variances: List[Tensor]
    steps: List[Tensor]

    def __init__(self):
        super().__init__()
        self.parameters_ = []
        self.gradients = []
        self.means = []
        self.variances = []
        self.steps = []

    @torch.jit.export
    def add(self, parameter: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        """Adds a parameter and its moments, which each step updates in place."""
        self.parameters_.append(parameter)
        self.means.append(mean)
        self.variances.append(variance)
        return torch.empty(0)

    @torch.jit.export
    def give(self, gradient: Tensor) -> Tensor:
        """Adds the gradient of the next parameter."""
        self.gradients.append(gradient.contiguous())
        return torch.empty(0)

    def forward(self, rate: Tensor, decay: Tensor, step: Tensor) -> Tensor:
        """Takes one step; rate and decay float32 [], step float32 []: number of steps including this one."""
        for _ in self.parameters_:
            self.steps.append(step)
        torch._fused_adamw_(
            self.parameters_, self.gradients, self.means, self.variances, [], self.steps,
            lr=float(rate), beta1=0.9, beta2=0.999, weight_decay=float(decay), eps=1e-8, amsgrad=False, maximize=False,
        )
        self.gradients.clear()
        self.steps.clear()
        return torch.empty(0)


def surprise(output: Tensor, shown: Tensor, wanted: Tensor, values: Tensor) -> Tuple[Tensor, Tensor]:
    """Multinomial loss, mean over rows of -sum y log softmax(output) without the input's entries, and its gradient, which
    replaces the output. `shown` and `wanted` are positions in the flat output; values are y."""
    count = output.size(0)
    output.view(-1).index_fill_(0, shown, float("-inf"))
    shares = torch.log_softmax(output, 1)
    loss = -(shares.view(-1).index_select(0, wanted) * values).sum() / count
    totals = torch.zeros(count).index_add_(0, wanted.div(output.size(1), rounding_mode="floor"), values)
    slope = shares.exp_().mul_((totals / count).unsqueeze(1))
    slope.view(-1).index_add_(0, wanted, values / -count)
    return loss, slope


class DenoiserProgram(torch.nn.Module):
    """Parameters of a denoiser and the backward pass through its layers, shared by all objectives."""

    weights: List[Tensor]
    biases: List[Tensor]

    def __init__(self):
        super().__init__()
        self.items = torch.empty(0)
        self.steps = torch.empty(0)
        self.bias = torch.empty(0)
        self.step_weight = torch.empty(0)
        self.step_bias = torch.empty(0)
        self.weights = []
        self.biases = []
        self.reduced = False
        self.dropout = 0.0
        self.signal_weight = 0.0
        self.predicts_noise = False
        self.multinomial = False

    @torch.jit.export
    def prepare(self, items: Tensor, steps: Tensor, bias: Tensor, step_weight: Tensor, step_bias: Tensor, reduced: Tensor) -> Tensor:
        """items [I, H], steps [E, H], bias [H], step_weight [E, E], step_bias [E]; reduced [1]: 1 for products in
        bfloat16. The arrays are shared with the caller, whose updates are visible."""
        self.items = items
        self.steps = steps
        self.bias = bias
        self.step_weight = step_weight
        self.step_bias = step_bias
        self.reduced = bool(reduced[0] > 0)
        return torch.empty(0)

    @torch.jit.export
    def layer(self, weight: Tensor, bias: Tensor) -> Tensor:
        """Adds a layer, y = x weight + bias; the last layer returns the items."""
        self.weights.append(weight)
        self.biases.append(bias)
        return torch.empty(0)

    def step_term(self, embedding: Tensor) -> Tensor:
        return torch.addmm(self.step_bias, embedding, self.step_weight)

    def hidden(self, state: Tensor, step: Tensor) -> List[Tensor]:
        """Output of each hidden layer, from x_t W and the step's term."""
        hidden = [(state + torch.addmm(self.bias, step, self.steps)).tanh_()]
        for at in range(len(self.weights) - 1):
            hidden.append(torch.addmm(self.biases[at], hidden[at], self.weights[at]).tanh_())
        return hidden

    def output(self, hidden: List[Tensor]) -> Tensor:
        last = len(self.weights) - 1
        return self.product(hidden[last], self.weights[last]).add_(self.biases[last])

    def back(self, hidden: List[Tensor], slope: Tensor) -> List[Tensor]:
        """Gradient of the first layer's argument from that of the output, then the gradients of the layers after it."""
        layers: List[Tensor] = []
        for back in range(len(self.weights)):
            at = len(self.weights) - 1 - back
            layers.insert(0, slope.sum(0))
            layers.insert(0, self.product(hidden[at].t(), slope))
            slope = self.product(slope, self.weights[at].t())
            slope = slope * (1 - hidden[at].square())
        return [slope] + layers

    def step_gradients(self, embedding: Tensor, step: Tensor, slope: Tensor) -> List[Tensor]:
        """Gradients of steps, bias, step_weight and step_bias."""
        step_slope = torch.mm(slope, self.steps.t())
        return [torch.mm(step.t(), slope), slope.sum(0), torch.mm(embedding.t(), step_slope), step_slope.sum(0)]

    def rows(self, columns: Tensor, offsets: Tensor) -> Tensor:
        """Row of each entry."""
        ends = torch.cat([offsets[1:], torch.full([1], columns.size(0), dtype=torch.long)])
        return torch.repeat_interleave(torch.arange(offsets.size(0)), ends - offsets)

    def product(self, a: Tensor, b: Tensor) -> Tensor:
        if self.reduced:
            return torch.mm(a.to(torch.bfloat16), b.to(torch.bfloat16)).to(torch.float32)
        return torch.mm(a, b)


class ReconstructionStep(DenoiserProgram):
    """Loss of a denoiser that predicts its own input, and its gradients; see ReconstructionTrainer.java.

    The backward pass is hand-written; it contains three of a step's five large products.
    """

    @torch.jit.export
    def weigh(self, numbers: Tensor) -> Tensor:
        """Sets dropout, the weight of the injected signal, and 1 for a denoiser that predicts the noise."""
        self.dropout = float(numbers[0])
        self.signal_weight = float(numbers[1])
        self.predicts_noise = bool(numbers[2] > 0)
        return torch.empty(0)

    def forward(
        self, columns: Tensor, offsets: Tensor, values: Tensor, rates: Tensor, embedding: Tensor, mapped: Tensor,
        embedded: Tensor
    ) -> List[Tensor]:
        """Takes B sparse rows: their columns, the offset of each row, their values; rates [B, 5]: signal, noise, the
        weight of the row's error, and the shares of x_t and of the output in the predicted row; embedding [B, E]; mapped
        F_m and embedded E_i [I, d], constants, empty if no signal is injected. Returns the loss, each row's weighted error,
        and the gradient of every parameter: items, steps, bias, step_weight, step_bias, then weight and bias of each
        layer."""
        count, width = offsets.size(0), self.items.size(0)
        rows = self.rows(columns, offsets)
        places = rows * width + columns
        noised = torch.randn(count, width).mul_(rates[:, 1:2])
        noised.view(-1).index_add_(0, places, values * rates[:, 0].index_select(0, rows))
        shown = self.dropped(noised)
        step = self.step_term(embedding)
        hidden = self.hidden(self.product(shown, self.items), step)
        residual = self.output(hidden)
        if self.predicts_noise:
            residual.mul_(rates[:, 4:5]).addcmul_(noised, rates[:, 3:4])
        residual.view(-1).index_add_(0, places, -values)
        weight = rates[:, 2]
        errors = torch.linalg.vector_norm(residual, 2.0, [1]).square() * weight / width
        loss = errors.sum() / count
        slope = residual * (weight * (2.0 / (count * width))).unsqueeze(1)
        if self.signal_weight > 0:
            own = torch.embedding_bag(mapped - embedded, columns, offsets, False, 0, False, values)[0]
            injected = torch.mm(residual, mapped) + own
            share = self.signal_weight / injected.numel()
            loss = loss + injected.square().sum() * share
            slope.addmm_(injected, mapped.t(), alpha=2.0 * share)
        if self.predicts_noise:
            slope.mul_(rates[:, 4:5])
        layers = self.back(hidden, slope)
        slope = layers.pop(0)
        return [loss, errors, self.product(shown.t(), slope)] + self.step_gradients(embedding, step, slope) + layers

    def dropped(self, rows: Tensor) -> Tensor:
        """Dropout with a faster random mask than dropout(); copies only if the rows are used again."""
        if self.dropout == 0:
            return rows
        kept = rows.clone() if self.predicts_noise else rows
        return kept.mul_(torch.rand(rows.size(0), rows.size(1)) >= self.dropout).mul_(1 / (1 - self.dropout))


class HiddenItemsStep(DenoiserProgram):
    """Loss of a denoiser that predicts the items hidden from its input, and its gradients; see HiddenItemsTrainer.java.

    The input is sparse, and so are both products with it; three large products remain.
    """

    @torch.jit.export
    def weigh(self, numbers: Tensor) -> Tensor:
        """Sets dropout, and 1 for the multinomial likelihood."""
        self.dropout = float(numbers[0])
        self.multinomial = bool(numbers[1] > 0)
        return torch.empty(0)

    def forward(
        self, columns: Tensor, offsets: Tensor, values: Tensor, hidden_columns: Tensor, hidden_offsets: Tensor,
        hidden_values: Tensor, embedding: Tensor
    ) -> List[Tensor]:
        """Takes B sparse rows: their columns, the offset of each row, their values; the same for the hidden items, whose
        values sum to 1 in a row; embedding [B, E]. Returns the loss and the gradient of every parameter: items, steps,
        bias, step_weight, step_bias, then weight and bias of each layer."""
        width = self.items.size(0)
        rows = self.rows(columns, offsets)
        if self.dropout > 0:
            values = values * (torch.rand(values.size(0)) >= self.dropout) / (1 - self.dropout)
        step = self.step_term(embedding)
        state = torch.embedding_bag(self.items, columns, offsets, False, 0, False, values)[0]
        hidden = self.hidden(state, step)
        shown = rows * width + columns
        wanted = self.rows(hidden_columns, hidden_offsets) * width + hidden_columns
        if self.multinomial:
            loss, slope = surprise(self.output(hidden), shown, wanted, hidden_values)
        else:
            loss, slope = self.distance(self.output(hidden), shown, wanted, hidden_values)
        layers = self.back(hidden, slope)
        slope = layers.pop(0)
        items = torch.zeros_like(self.items)
        items.index_add_(0, columns, slope.index_select(0, rows) * values.unsqueeze(1))
        return [loss, items] + self.step_gradients(embedding, step, slope) + layers

    def distance(self, output: Tensor, shown: Tensor, wanted: Tensor, values: Tensor) -> Tuple[Tensor, Tensor]:
        """Squared error without the input's items, and its gradient, in place."""
        flat = output.view(-1)
        flat.index_add_(0, wanted, -values)
        flat.index_fill_(0, shown, 0.0)
        loss = torch.linalg.vector_norm(output).square() / output.size(0)
        return loss, output.mul_(2.0 / output.size(0))


class LatentEncoder(torch.nn.Module):
    """Encoder from sparse rows to latent rows; see LatentUsers.java."""

    def __init__(self):
        super().__init__()
        self.weight = torch.empty(0)
        self.bias = torch.empty(0)

    @torch.jit.export
    def prepare(self, weight: Tensor, bias: Tensor) -> Tensor:
        """Stores weight [I, L] and bias [L]."""
        self.weight = weight
        self.bias = bias
        return torch.empty(0)

    def forward(self, columns: Tensor, offsets: Tensor, values: Tensor) -> Tensor:
        """Returns the means [B, L] of B sparse rows: their columns, the offset of each row, their values."""
        return torch.embedding_bag(self.weight, columns, offsets, False, 0, False, values)[0].add_(self.bias).tanh_()


class LatentStep(DenoiserProgram):
    """Loss of a variational autoencoder with diffusion of its latent rows, and its gradients; see LatentTrainer.java.

    I items, L numbers in a latent row, the denoiser's input and output.
    """

    def __init__(self):
        super().__init__()
        self.mean_weight = torch.empty(0)
        self.mean_bias = torch.empty(0)
        self.variance_weight = torch.empty(0)
        self.variance_bias = torch.empty(0)
        self.decoder = torch.empty(0)
        self.decoder_bias = torch.empty(0)
        self.mask = torch.empty(0)
        self.input_dropout = 0.0
        self.hides = False

    @torch.jit.export
    def encode(
        self, mean_weight: Tensor, mean_bias: Tensor, variance_weight: Tensor, variance_bias: Tensor, mask: Tensor
    ) -> Tensor:
        """Stores weights and mask [I, L], biases [L]; the mask is 1 where an item and a latent number share a group."""
        self.mean_weight = mean_weight
        self.mean_bias = mean_bias
        self.variance_weight = variance_weight
        self.variance_bias = variance_bias
        self.mask = mask
        return torch.empty(0)

    @torch.jit.export
    def decode(self, decoder: Tensor, decoder_bias: Tensor, numbers: Tensor) -> Tensor:
        """Stores decoder [L, I] and decoder_bias [I]; numbers: dropout of the rows and of the noised latent rows, and 1 if
        the input's items are excluded from the loss."""
        self.decoder = decoder
        self.decoder_bias = decoder_bias
        self.input_dropout = float(numbers[0])
        self.dropout = float(numbers[1])
        self.hides = bool(numbers[2] > 0)
        return torch.empty(0)

    def forward(
        self, columns: Tensor, offsets: Tensor, values: Tensor, wanted_columns: Tensor, wanted_offsets: Tensor,
        wanted_values: Tensor, rates: Tensor, embedding: Tensor, shares: Tensor
    ) -> List[Tensor]:
        """Takes B sparse rows: their columns, the offset of each row, their values; the same for the targets; rates [B, 5]
        as in ReconstructionStep; embedding [B, E]; shares: the weights of the divergence and of the diffusion's error.
        Returns the loss, each row's weighted error, and the gradient of every parameter: weight and bias of the mean, of
        the log-variance and of the decoder, then those of the denoiser."""
        count = offsets.size(0)
        rows = self.rows(columns, offsets)
        divergence_share, error_share = float(shares[0]), float(shares[1])
        shown = values
        if self.input_dropout > 0:
            shown = values * (torch.rand(values.size(0)) >= self.input_dropout) / (1 - self.input_dropout)
        mean = self.encoded(self.mean_weight, self.mean_bias, columns, offsets, shown)
        variance = self.encoded(self.variance_weight, self.variance_bias, columns, offsets, shown)
        deviation = (variance / 2).exp()
        chance = torch.randn(count, mean.size(1))
        latent = mean + deviation * chance
        noised = latent * rates[:, 0:1] + torch.randn(count, mean.size(1)) * rates[:, 1:2]
        kept = torch.ones_like(noised)
        if self.dropout > 0:
            kept = (torch.rand(count, mean.size(1)) >= self.dropout).to(torch.float32) / (1 - self.dropout)
        step = self.step_term(embedding)
        given = noised * kept
        hidden = self.hidden(torch.mm(given, self.items), step)
        predicted = self.output(hidden) * rates[:, 4:5] + noised * rates[:, 3:4]
        residual = predicted - latent
        weight = rates[:, 2]
        errors = torch.linalg.vector_norm(residual, 2.0, [1]).square() * weight / mean.size(1)
        divergence = (mean.square() + variance.exp() - variance - 1).sum() / (2 * count)
        hidden_places = rows * self.mask.size(0) + columns if self.hides else torch.empty(0, dtype=torch.long)
        wanted = self.rows(wanted_columns, wanted_offsets) * self.mask.size(0) + wanted_columns
        output = self.product(predicted, self.decoder).add_(self.decoder_bias)
        surprised, slope = surprise(output, hidden_places, wanted, wanted_values)
        loss = surprised + divergence * divergence_share + errors.sum() * (error_share / count)
        residual_slope = residual * (weight * (2 * error_share / (count * mean.size(1)))).unsqueeze(1)
        predicted_slope = self.product(slope, self.decoder.t()) + residual_slope
        layers = self.back(hidden, predicted_slope * rates[:, 4:5])
        first = layers.pop(0)
        noised_slope = predicted_slope * rates[:, 3:4] + torch.mm(first, self.items.t()) * kept
        latent_slope = noised_slope * rates[:, 0:1] - residual_slope
        mean_slope = latent_slope + mean * (divergence_share / count)
        variance_slope = latent_slope * chance * deviation / 2 + (variance.exp() - 1) * (divergence_share / (2 * count))
        encoder = self.encoder_gradients(mean_slope * (1 - mean.square()), columns, rows, shown)
        encoder += self.encoder_gradients(variance_slope * (1 - variance.square()), columns, rows, shown)
        decoder = [self.product(predicted.t(), slope), slope.sum(0)]
        denoiser = [torch.mm(given.t(), first)] + self.step_gradients(embedding, step, first) + layers
        return [loss, errors] + encoder + decoder + denoiser

    def encoded(self, weight: Tensor, bias: Tensor, columns: Tensor, offsets: Tensor, values: Tensor) -> Tensor:
        return torch.embedding_bag(weight, columns, offsets, False, 0, False, values)[0].add_(bias).tanh_()

    def encoder_gradients(self, slope: Tensor, columns: Tensor, rows: Tensor, values: Tensor) -> List[Tensor]:
        weight = torch.zeros_like(self.mask)
        weight.index_add_(0, columns, slope.index_select(0, rows) * values.unsqueeze(1))
        return [weight.mul_(self.mask), slope.sum(0)]


class WeightAverage(torch.nn.Module):
    """Exponential moving average of weights, in place; see WeightAverage.java."""

    weights: List[Tensor]
    averages: List[Tensor]

    def __init__(self):
        super().__init__()
        self.weights = []
        self.averages = []

    @torch.jit.export
    def add(self, weight: Tensor, average: Tensor) -> Tensor:
        """Adds an array and its average, which each step updates in place."""
        self.weights.append(weight)
        self.averages.append(average)
        return torch.empty(0)

    def forward(self, share: Tensor) -> Tensor:
        """Takes one step; share float32 []: weight of the present average."""
        for weight, average in zip(self.weights, self.averages):
            average.lerp_(weight, 1 - float(share))
        return torch.empty(0)


class SpectralStart(torch.nn.Module):
    """Initialises a denoiser's first and last layer with one step of the item-user-item walk; see SpectralStart.java."""

    block: Final[int] = 64

    def forward(
        self, columns: Tensor, offsets: Tensor, weights: Tensor, back_columns: Tensor, back_offsets: Tensor,
        back_weights: Tensor, lengths: Tensor, items: Tensor, output: Tensor, numbers: Tensor
    ) -> Tensor:
        """Takes A [U, I] as each user's items, and its transpose; lengths [I]: the square roots of the items' degrees;
        items [I, H] and output [H, I], which are overwritten; numbers: columns of the block, and number of
        multiplications. Returns the eigenvalues."""
        spare = int(numbers[0])
        basis = torch.linalg.qr(torch.randn(items.size(0), spare))[0]
        for _ in range(int(numbers[1])):
            moved = self.moved(basis, columns, offsets, weights, back_columns, back_offsets, back_weights)
            basis = torch.linalg.qr(moved)[0]
        moved = self.moved(basis, columns, offsets, weights, back_columns, back_offsets, back_weights)
        inner = torch.mm(basis.t(), moved)
        values, vectors = torch.linalg.eigh((inner + inner.t()) / 2)
        rank = min(items.size(1), spare)
        values = values.flip(0)[:rank].clamp(min=0)
        vectors = torch.mm(basis, vectors.flip(1)[:, :rank])
        items[:, :rank] = vectors / lengths.unsqueeze(1) * values
        output.zero_()
        output[:rank] = (vectors * lengths.unsqueeze(1)).t()
        return values

    @torch.jit.export
    def clear(self, target: Tensor) -> Tensor:
        """Sets an array to zero."""
        return target.zero_()

    @torch.jit.export
    def copy(self, source: Tensor, target: Tensor) -> Tensor:
        """Overwrites an array with another of the same shape."""
        return target.copy_(source)

    def moved(
        self, basis: Tensor, columns: Tensor, offsets: Tensor, weights: Tensor, back_columns: Tensor,
        back_offsets: Tensor, back_weights: Tensor
    ) -> Tensor:
        """A^T A basis, in blocks of columns, so that no array of size users x H exists."""
        parts: List[Tensor] = []
        for begin in range(0, basis.size(1), self.block):
            part = basis[:, begin : begin + self.block].contiguous()
            users = torch.embedding_bag(part, columns, offsets, False, 0, False, weights)[0]
            parts.append(torch.embedding_bag(users, back_columns, back_offsets, False, 0, False, back_weights)[0])
        return torch.cat(parts, 1)


class ModalityGraph(torch.nn.Module):
    """Recommendation part of DiffMM over all users and items: states, and the loss of a batch with its gradients; see
    GraphNetwork.java. U users and I items are N nodes, users first; d numbers each.

    A graph is a weighted list of neighbours for each node, so that propagation is a weighted sum of rows.
    """

    graph: List[Tensor]
    generated: List[List[Tensor]]
    features: List[Tensor]
    weights: List[Tensor]
    biases: List[Tensor]
    block: Final[int] = 128

    def __init__(self):
        super().__init__()
        self.users = torch.empty(0)
        self.items = torch.empty(0)
        self.logits = torch.empty(0)
        self.graph = []
        self.generated = []
        self.features = []
        self.weights = []
        self.biases = []
        self.layers = 0
        self.residual = 0.0
        self.share = 0.0
        self.contrast = 0.0
        self.temperature = 1.0
        self.pairs = False
        self.regularisation = 0.0
        self.batch = 1.0
        self.reduced = False

    @torch.jit.export
    def prepare(
        self, users: Tensor, items: Tensor, logits: Tensor, columns: Tensor, offsets: Tensor, values: Tensor, numbers: Tensor
    ) -> Tensor:
        """users E_u [U, d], items E_i [I, d], logits [M]; Abar, symmetric; numbers: L, omega, gamma, the weight of the
        contrast, its temperature, 1 for pairs of modalities, regularisation, batch size, 1 for products in bfloat16. The
        parameters are shared with the caller, whose updates are visible."""
        self.users = users
        self.items = items
        self.logits = logits
        self.graph = [columns, offsets, values]
        self.layers = int(numbers[0])
        self.residual = float(numbers[1])
        self.share = float(numbers[2])
        self.contrast = float(numbers[3])
        self.temperature = float(numbers[4])
        self.pairs = bool(numbers[5] > 0)
        self.regularisation = float(numbers[6])
        self.batch = float(numbers[7])
        self.reduced = bool(numbers[8] > 0)
        return torch.empty(0)

    @torch.jit.export
    def modality(self, features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Adds a modality: features [I, f], weight [f, d], bias [d]; without bias, leaky ReLU of a matrix."""
        self.features.append(features)
        self.weights.append(weight)
        self.biases.append(bias)
        return torch.empty(0)

    @torch.jit.export
    def forget(self, nothing: Tensor) -> Tensor:
        """Removes the generated graphs."""
        self.generated.clear()
        return nothing

    @torch.jit.export
    def generate(
        self, columns: Tensor, offsets: Tensor, values: Tensor, back_columns: Tensor, back_offsets: Tensor, back_values: Tensor
    ) -> Tensor:
        """Adds A_m and its transpose."""
        self.generated.append([columns, offsets, values, back_columns, back_offsets, back_values])
        return torch.empty(0)

    @torch.jit.export
    def states(self, nothing: Tensor) -> List[Tensor]:
        """Returns norm(F_m) [I, d] of each modality, then Abar^l H0 [N, d] for l = 0..L, then H [N, d]."""
        mapped = self.mapped()
        first = self.first(mapped, torch.softmax(self.logits, 0), [torch.empty(0) for _ in mapped])
        layers = [first]
        for _ in range(self.layers):
            layers.append(self.propagate(layers[len(layers) - 1]))
        return mapped + layers + [self.last(first)]

    def forward(self, users: Tensor, positives: Tensor, negatives: Tensor) -> List[Tensor]:
        """Takes a batch of triples as three vectors. Returns the loss and the gradient of every parameter: users, items,
        logits, then weight and, if present, bias of each map."""
        values = [self.map(m) for m in range(len(self.features))]
        mapped = [self.unit(value) for value in values]
        kappa = torch.softmax(self.logits, 0)
        parts = [torch.empty(0) for _ in mapped]
        first = self.first(mapped, kappa, parts)
        last = self.last(first)
        count = self.users.size(0)
        slopes = torch.zeros_like(last)
        loss = self.ranking(last, users, positives + count, negatives + count, slopes)
        view_slopes: List[Tensor] = []
        if self.contrast != 0:
            views = [self.summed(self.spread(m, torch.cat([self.users, mapped[m]]))) for m in range(len(mapped))]
            view_slopes = [torch.zeros_like(view) for view in views]
            loss = loss + self.contrasted(last, views, users, positives + count, slopes, view_slopes)
        loss = loss + (self.dot(self.users, self.users) + self.dot(self.items, self.items)) * self.regularisation
        return self.gradients(loss, values, mapped, kappa, parts, first, slopes, view_slopes)

    def mapped(self) -> List[Tensor]:
        return [self.unit(self.map(m)) for m in range(len(self.features))]

    def map(self, m: int) -> Tensor:
        value = torch.mm(self.features[m], self.weights[m])
        if self.biases[m].numel() > 0:
            return value.add_(self.biases[m])
        return torch.nn.functional.leaky_relu(value, 0.2)

    def first(self, mapped: List[Tensor], kappa: Tensor, parts: List[Tensor]) -> Tensor:
        """H0 = Z1 + Z2 + gamma sum_m kappa_m Zg_m; parts receives the Zg_m. As the kappa_m sum to one, the modalities'
        contributions to Z1 and Z2 are summed first and propagated once."""
        mean = mapped[0] * kappa[0]
        for m in range(1, len(mapped)):
            mean.addcmul_(mapped[m], kappa[m])
        once = self.propagate(torch.cat([self.users, mean]))
        first = self.propagate(torch.cat([once[: self.users.size(0)], self.items])).add_(once)
        ids = torch.cat([self.users, self.items])
        for m in range(len(mapped)):
            parts[m] = self.spread(m, ids)
            first.addcmul_(parts[m], kappa[m] * self.share)
        return first

    def last(self, first: Tensor) -> Tensor:
        return self.summed(first).add_(self.unit(first), alpha=self.residual)

    def summed(self, first: Tensor) -> Tensor:
        """x + Abar x + ... + Abar^L x; its own backward pass, since Abar is symmetric."""
        total = first.clone()
        for _ in range(self.layers):
            first = self.propagate(first)
            total.add_(first)
        return total

    def propagate(self, states: Tensor) -> Tensor:
        return torch.embedding_bag(states, self.graph[0], self.graph[1], False, 0, False, self.graph[2])[0]

    def spread(self, m: int, states: Tensor) -> Tensor:
        graph = self.generated[m]
        return torch.embedding_bag(states, graph[0], graph[1], False, 0, False, graph[2])[0]

    def spread_back(self, m: int, slopes: Tensor) -> Tensor:
        graph = self.generated[m]
        return torch.embedding_bag(slopes, graph[3], graph[4], False, 0, False, graph[5])[0]

    def unit(self, rows: Tensor) -> Tensor:
        return rows / self.length(rows)

    def unit_back(self, rows: Tensor, unit: Tensor, slopes: Tensor) -> Tensor:
        """Backward pass of unit()."""
        along = (unit * slopes).sum(1, keepdim=True)
        return slopes.addcmul(unit, along, value=-1.0).div_(self.length(rows))

    def length(self, rows: Tensor) -> Tensor:
        return rows.norm(2, dim=1, keepdim=True).clamp(min=1e-12)

    def dot(self, a: Tensor, b: Tensor) -> Tensor:
        """Sum of a * b over all elements."""
        return torch.dot(a.reshape(-1), b.reshape(-1))

    def ranking(self, last: Tensor, users: Tensor, positives: Tensor, negatives: Tensor, slopes: Tensor) -> Tensor:
        """-sum log sigmoid(H_u . (H_p - H_n)) / batch size; adds its gradient to slopes."""
        anchors = last.index_select(0, users)
        difference = last.index_select(0, positives) - last.index_select(0, negatives)
        margin = (anchors * difference).sum(1, keepdim=True)
        pull = torch.sigmoid(-margin) / -self.batch
        slopes.index_add_(0, users, difference * pull)
        slopes.index_add_(0, positives, anchors * pull)
        slopes.index_add_(0, negatives, anchors * -pull)
        return torch.nn.functional.softplus(-margin).sum() / self.batch

    def contrasted(
        self, last: Tensor, views: List[Tensor], users: Tensor, positives: Tensor, slopes: Tensor, view_slopes: List[Tensor]
    ) -> Tensor:
        """Contrastive term; adds its gradients to slopes and view_slopes."""
        loss = torch.zeros([])
        for a in range(len(views)):
            if self.pairs:
                for b in range(a + 1, len(views)):
                    loss = loss + self.pair(views[a], views[b], users, positives, view_slopes[a], view_slopes[b])
            else:
                loss = loss + self.pair(last, views[a], users, positives, slopes, view_slopes[a])
        return loss

    def pair(
        self, one: Tensor, other: Tensor, users: Tensor, positives: Tensor, slopes: Tensor, other_slopes: Tensor
    ) -> Tensor:
        count = self.users.size(0)
        nodes = one.size(0)
        loss = self.info_nce(one, other, 0, count, users, slopes, other_slopes)
        return loss + self.info_nce(one, other, count, nodes, positives, slopes, other_slopes)

    def info_nce(
        self, one: Tensor, other: Tensor, start: int, end: int, anchors: Tensor, slopes: Tensor, other_slopes: Tensor
    ) -> Tensor:
        """mean over anchors a of -log( exp(x_a . y_a / tau) / sum_j exp(x_a . y_j / tau) ), j from start to end, x and
        y the rows of one and other at unit length; adds its gradients. Blocks of anchors bound the memory of the powers,
        and an anchor that occurs several times in a batch is computed once."""
        weight = self.contrast / anchors.size(0)
        anchors, _, times = torch._unique2(anchors, True, False, True)
        weights = times.to(torch.float32).unsqueeze(1) * weight
        scales = weights / self.temperature
        places = anchors - start
        rows = one.index_select(0, anchors)
        queries = self.unit(rows)
        nodes = other[start:end]
        keys = self.unit(nodes)
        warm = self.narrowed(queries / self.temperature)
        pulls = queries * scales
        narrow_keys = self.narrowed(keys)
        key_slopes = torch.zeros_like(keys).index_add_(0, places, pulls, alpha=-1)
        found: List[Tensor] = []
        pulled: List[Tensor] = []
        for begin in range(0, anchors.size(0), self.block):
            powers = torch.mm(warm[begin : begin + self.block], narrow_keys.t()).exp_()
            total = powers.sum(1, keepdim=True, dtype=torch.float32)
            found.append(powers.gather(1, places[begin : begin + self.block].unsqueeze(1)) / total)
            self.add_product(key_slopes, powers.t(), self.narrowed(pulls[begin : begin + self.block] / total))
            pulled.append(torch.mm(powers, narrow_keys) / total)
        query_slopes = (torch.cat(pulled) - keys.index_select(0, places)) * scales
        slopes.index_add_(0, anchors, self.unit_back(rows, queries, query_slopes))
        other_slopes[start:end].add_(self.unit_back(nodes, keys, key_slopes))
        return -(torch.cat(found).log() * weights).sum()

    def add_product(self, target: Tensor, a: Tensor, b: Tensor) -> Tensor:
        """target + a b, in place."""
        if self.reduced:
            return target.add_(torch.mm(a, b))
        return target.addmm_(a, b)

    def narrowed(self, values: Tensor) -> Tensor:
        if self.reduced:
            return values.to(torch.bfloat16)
        return values

    def gradients(
        self, loss: Tensor, values: List[Tensor], mapped: List[Tensor], kappa: Tensor, parts: List[Tensor], first: Tensor,
        slopes: Tensor, view_slopes: List[Tensor],
    ) -> List[Tensor]:
        count = self.users.size(0)
        first_slopes = self.summed(slopes).add_(self.unit_back(first, self.unit(first), slopes), alpha=self.residual)
        twice = self.propagate(first_slopes)
        item_slopes = twice[count:].add(self.items, alpha=2 * self.regularisation)
        once_slopes = first_slopes.clone()
        once_slopes[:count].add_(twice[:count])
        once = self.propagate(once_slopes)
        user_slopes = once[:count].add(self.users, alpha=2 * self.regularisation)
        kappa_slopes: List[Tensor] = []
        maps: List[Tensor] = []
        for m in range(len(mapped)):
            spread = self.spread_back(m, first_slopes)
            share = kappa[m] * self.share
            user_slopes.addcmul_(spread[:count], share)
            item_slopes.addcmul_(spread[count:], share)
            kappa_slopes.append(self.dot(first_slopes, parts[m]) * self.share + self.dot(once[count:], mapped[m]))
            mapped_slopes = once[count:] * kappa[m]
            if len(view_slopes) > 0:
                view = self.spread_back(m, self.summed(view_slopes[m]))
                user_slopes.add_(view[:count])
                mapped_slopes.add_(view[count:])
            maps.extend(self.map_gradients(m, values[m], mapped[m], mapped_slopes))
        kappa_slope = torch.stack(kappa_slopes)
        logit_slopes = kappa * (kappa_slope - (kappa_slope * kappa).sum())
        return [loss, user_slopes, item_slopes, logit_slopes] + maps

    def map_gradients(self, m: int, value: Tensor, mapped: Tensor, slopes: Tensor) -> List[Tensor]:
        slopes = self.unit_back(value, mapped, slopes)
        if self.biases[m].numel() > 0:
            return [torch.mm(self.features[m].t(), slopes), slopes.sum(0)]
        slopes = torch.where(value > 0, slopes, slopes * 0.2)
        return [torch.mm(self.features[m].t(), slopes)]


class MfBprStep(torch.nn.Module):
    """Loss of matrix factorisation with Bayesian personalised ranking, and its gradients; see MfBprTrainer.java.

    U users, I items, d numbers each.
    """

    def __init__(self):
        super().__init__()
        self.users = torch.empty(0)
        self.items = torch.empty(0)
        self.bias = torch.empty(0)
        self.regularisation = 0.0

    @torch.jit.export
    def prepare(self, users: Tensor, items: Tensor, bias: Tensor, regularisation: Tensor) -> Tensor:
        """users [U, d], items [I, d], bias [I]; regularisation [1]. The arrays are shared with the caller, whose updates
        are visible."""
        self.users = users
        self.items = items
        self.bias = bias
        self.regularisation = float(regularisation[0])
        return torch.empty(0)

    def forward(self, users: Tensor, positives: Tensor, negatives: Tensor) -> List[Tensor]:
        """Takes a batch of B triples as three vectors. Returns the loss, mean over triples of
        -log sigmoid(s_up - s_un) + regularisation / 2 * the squares of the triple's parameters, where
        s_ui = U_u . I_i + b_i, and the gradients of users, items and bias."""
        enabled = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        parameters = [value.detach().requires_grad_() for value in [self.users, self.items, self.bias]]
        user = parameters[0].index_select(0, users)
        positive, negative = parameters[1].index_select(0, positives), parameters[1].index_select(0, negatives)
        better, worse = parameters[2].index_select(0, positives), parameters[2].index_select(0, negatives)
        margin = (user * (positive - negative)).sum(1) + better - worse
        squares = user.square().sum() + positive.square().sum() + negative.square().sum()
        squares = squares + better.square().sum() + worse.square().sum()
        loss = torch.nn.functional.softplus(-margin).mean() + squares * (self.regularisation / (2 * users.size(0)))
        gradients = torch.autograd.grad([loss], parameters)
        torch.set_grad_enabled(enabled)
        results = [loss.detach()]
        for gradient in gradients:
            assert gradient is not None
            results.append(gradient)
        return results


class HistoryStep(torch.nn.Module):
    """Recommendation part of DiffMM whose users are functions of their histories: item vectors, and the loss of a batch
    with its gradients; see HistoryNetwork.java. U users, I items, d numbers each.

    Everything between the parameters and the vectors is linear, and its matrix S = Id + R^T R is symmetric: gradients pass
    through it by the same product as values. Automatic differentiation covers the rest.
    """

    graph: List[Tensor]
    generated: List[List[Tensor]]
    features: List[Tensor]
    maps: List[Tensor]

    def __init__(self):
        super().__init__()
        self.items = torch.empty(0)
        self.graph = []
        self.generated = []
        self.features = []
        self.maps = []
        self.feature_share = 0.0
        self.generated_share = 0.0
        self.temperature = 1.0
        self.sampled = True
        self.views = False
        self.summed = False
        self.contrast = 0.0
        self.contrast_temperature = 1.0

    @torch.jit.export
    def prepare(
        self, items: Tensor, columns: Tensor, offsets: Tensor, values: Tensor, back_columns: Tensor, back_offsets: Tensor,
        back_values: Tensor, numbers: Tensor
    ) -> Tensor:
        """items E [I, d]; R [U, I] and its transpose; numbers: share of the features, of the generated graphs,
        temperature, 1 for the sampled softmax, 1 for a score summed over the views, weight and temperature of the
        contrast. The parameters are shared with the caller, whose updates are visible."""
        self.items = items
        self.graph = [columns, offsets, values, back_columns, back_offsets, back_values]
        self.feature_share = float(numbers[0])
        self.generated_share = float(numbers[1])
        self.temperature = float(numbers[2])
        self.sampled = bool(numbers[3] > 0)
        self.summed = bool(numbers[4] > 0)
        self.contrast = float(numbers[5])
        self.contrast_temperature = float(numbers[6])
        return torch.empty(0)

    @torch.jit.export
    def modality(self, features: Tensor, weight: Tensor) -> Tensor:
        """Adds a modality: features [I, f], each row of length 1, and their map [f, d]."""
        self.features.append(features)
        self.maps.append(weight)
        return torch.empty(0)

    @torch.jit.export
    def forget(self, nothing: Tensor) -> Tensor:
        """Removes the generated graphs."""
        self.generated.clear()
        return nothing

    @torch.jit.export
    def generate(
        self, columns: Tensor, offsets: Tensor, values: Tensor, back_columns: Tensor, back_offsets: Tensor,
        back_values: Tensor
    ) -> Tensor:
        """Adds a generated graph [U, I] and its transpose."""
        self.generated.append([columns, offsets, values, back_columns, back_offsets, back_values])
        return torch.empty(0)

    def received(self, graph: List[Tensor], items: Tensor) -> Tensor:
        """Returns R x."""
        return torch.embedding_bag(items, graph[0], graph[1], False, 0, False, graph[2])[0]

    def returned(self, graph: List[Tensor], users: Tensor) -> Tensor:
        """Returns R^T x."""
        return torch.embedding_bag(users, graph[3], graph[4], False, 0, False, graph[5])[0]

    def spread(self, items: Tensor) -> Tensor:
        """Returns S x."""
        return items + self.returned(self.graph, self.received(self.graph, items))

    def users(self, vectors: Tensor) -> Tensor:
        """Returns the sums over histories and generated edges, Q z with Q = R + gamma sum_m R_m."""
        users = self.received(self.graph, vectors)
        for graph in self.generated:
            users = torch.add(users, self.received(graph, vectors), alpha=self.generated_share)
        return users

    def from_users(self, slope: Tensor) -> Tensor:
        """Returns Q^T x."""
        items = self.returned(self.graph, slope)
        for graph in self.generated:
            items = torch.add(items, self.returned(graph, slope), alpha=self.generated_share)
        return items

    @torch.jit.export
    def published(self, nothing: Tensor) -> List[Tensor]:
        """Returns the unit vectors of the views of the score side by side [I, V d], and the lengths of z [I, V]."""
        views = self.vectors()
        if not self.summed:
            views = views[:1]
        units: List[Tensor] = []
        lengths: List[Tensor] = []
        for vectors in views:
            units.append(torch.nn.functional.normalize(vectors, dim=1))
            lengths.append(vectors.norm(2, dim=1))
        return [torch.cat(units, 1), torch.stack(lengths, 1)]

    @torch.jit.export
    def states(self, nothing: Tensor) -> List[Tensor]:
        """Returns z [I, d] of the main view, and what it has received from each user, x = R e [U, d]."""
        base = self.items
        for features, weight in zip(self.features, self.maps):
            base = torch.add(base, torch.mm(features, weight), alpha=self.feature_share)
        users = self.received(self.graph, base)
        return [base + self.returned(self.graph, users), users]

    def vectors(self) -> List[Tensor]:
        """Returns z [I, d] of the main view, then of each modality's view if the score or the contrast contains it."""
        mapped: List[Tensor] = []
        base = self.items
        for features, weight in zip(self.features, self.maps):
            part = torch.mm(features, weight)
            base = torch.add(base, part, alpha=self.feature_share)
            if self.summed or self.contrast > 0:
                mapped.append(part)
        results = [self.spread(base)]
        for part in mapped:
            results.append(self.spread(part))
        return results

    def forward(self, users: Tensor, positives: Tensor, negatives: Tensor, known: Tensor) -> List[Tensor]:
        """Takes a batch of B users and an item of each. With the sampled softmax, the negatives [N] are common to the
        batch, and `known` are the positions in [B, N] of those that are in the user's history; otherwise there is one
        negative for each user. Returns the loss and its gradients by the items and by each map."""
        enabled = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        leaves: List[Tensor] = []
        for vector in self.vectors():
            leaves.append(vector.detach().requires_grad_())
            leaves.append(self.users(vector.detach()).requires_grad_())
        loss = self.loss(leaves, users, positives, negatives, known)
        slopes = torch.autograd.grad([loss], leaves, allow_unused=True)
        torch.set_grad_enabled(enabled)
        base: List[Tensor] = []
        for view in range(len(leaves) // 2):
            items, sums = slopes[2 * view], slopes[2 * view + 1]
            assert items is not None and sums is not None
            base.append(self.spread(items + self.from_users(sums)))
        results = [loss.detach(), base[0]]
        for m, features in enumerate(self.features):
            slope = base[0] * self.feature_share
            if len(base) > 1:
                slope = slope + base[1 + m]
            results.append(torch.mm(features.t(), slope))
        return results

    def loss(self, leaves: List[Tensor], users: Tensor, positives: Tensor, negatives: Tensor, known: Tensor) -> Tensor:
        main_users, main_items = self.rows(leaves[1], users), self.rows(leaves[0], positives)
        loss = self.ranking(main_users, main_items, leaves[0], negatives, known)
        for view in range(1, len(leaves) // 2):
            own_users = self.rows(leaves[2 * view + 1], users)
            own_items = self.rows(leaves[2 * view], positives)
            if self.summed:
                loss = loss + self.ranking(own_users, own_items, leaves[2 * view], negatives, known)
            if self.contrast > 0:
                pulled = self.agreement(main_users, own_users) + self.agreement(main_items, own_items)
                loss = loss + pulled * self.contrast
        return loss

    def rows(self, table: Tensor, rows: Tensor) -> Tensor:
        return torch.nn.functional.normalize(table.index_select(0, rows), dim=1)

    def ranking(self, users: Tensor, positives: Tensor, items: Tensor, negatives: Tensor, known: Tensor) -> Tensor:
        """Mean over the batch of -log of the positive's share of exp(cosine / tau), or of -log sigmoid of the margin."""
        better = (users * positives).sum(1, keepdim=True) / self.temperature
        others = self.rows(items, negatives)
        if not self.sampled:
            worse = (users * others).sum(1, keepdim=True) / self.temperature
            return torch.nn.functional.softplus(worse - better).mean()
        scale = float(torch.log(torch.tensor(float(items.size(0)) / negatives.size(0))))
        worse = torch.mm(users, others.t()) / self.temperature + scale
        worse = worse.view(-1).index_fill(0, known, float("-inf")).view(worse.size(0), -1)
        return (torch.logsumexp(torch.cat([better, worse], 1), 1) - better.squeeze(1)).mean()

    def agreement(self, main: Tensor, other: Tensor) -> Tensor:
        """InfoNCE within the batch: mean of -log of the own row's share of exp(cosine / tau)."""
        cosines = torch.mm(main, other.t()) / self.contrast_temperature
        return (torch.logsumexp(cosines, 1) - cosines.diagonal()).mean()


class BridgeStep(torch.nn.Module):
    """Bridge diffusion between a user and the item that the user interacts with next: loss of a batch and its gradients; see
    BridgeTrainer.java. I items, U users, d numbers each; h hidden units, T steps.
    """

    def __init__(self):
        super().__init__()
        self.inner = torch.empty(0)
        self.bias = torch.empty(0)
        self.outer = torch.empty(0)
        self.temperature = 1.0
        self.noise = 0.0
        self.vectors = torch.empty(0)
        self.users = torch.empty(0)

    @torch.jit.export
    def prepare(self, inner: Tensor, bias: Tensor, outer: Tensor, numbers: Tensor) -> Tensor:
        """A [2d, h], b [T, h], B [h, d]; numbers: temperature, noise. The parameters are shared with the caller, whose
        updates are visible."""
        self.inner = inner
        self.bias = bias
        self.outer = outer
        self.temperature = float(numbers[0])
        self.noise = float(numbers[1])
        return torch.empty(0)

    @torch.jit.export
    def use(self, vectors: Tensor, users: Tensor) -> Tensor:
        """Sets z [I, d] and x [U, d]."""
        self.vectors = vectors
        self.users = users
        return torch.empty(0)

    def forward(
        self, users: Tensor, columns: Tensor, offsets: Tensor, weights: Tensor, own: Tensor, targets: Tensor, target_own: Tensor,
        steps: Tensor, noise: Tensor, known: Tensor
    ) -> List[Tensor]:
        """Takes a batch of B users: the items that are shown with their weights, as sparse rows, and the weight of the
        user's own edges in their sum; the target and the weight of the user's own edge in it; steps from 1 to T; noise
        [B, d]; and the positions in [B, I] of the user's items. Returns the loss and its gradients by A, b and B."""
        own_edges = self.users.index_select(0, users)
        sums = torch.embedding_bag(self.vectors, columns, offsets, False, 0, False, weights)[0]
        user = self.unit(sums - own_edges * own.unsqueeze(1))
        target = self.unit(self.vectors.index_select(0, targets) - own_edges * target_own.unsqueeze(1))
        share = (steps.to(torch.float32) / self.bias.size(0)).unsqueeze(1)
        free = 1 - share
        state = self.unit(free * target + share * user + 2 * self.noise * share * free * self.unit(noise))
        enabled = torch.is_grad_enabled()
        torch.set_grad_enabled(True)
        leaves = [value.detach().requires_grad_() for value in [self.inner, self.bias, self.outer]]
        hidden = torch.mm(torch.cat([state, user], 1), leaves[0]) + leaves[1].index_select(0, steps - 1)
        clean = self.unit(state + torch.mm(hidden.tanh(), leaves[2]))
        better = (clean * target).sum(1, keepdim=True) / self.temperature
        others = torch.mm(clean, self.unit(self.vectors).t()) / self.temperature
        others = others.view(-1).index_fill(0, known, float("-inf")).view(others.size(0), -1)
        loss = (torch.logsumexp(torch.cat([better, others], 1), 1) - better.squeeze(1)).mean()
        slopes = torch.autograd.grad([loss], leaves)
        torch.set_grad_enabled(enabled)
        results = [loss.detach()]
        for slope in slopes:
            assert slope is not None
            results.append(slope)
        return results

    def unit(self, rows: Tensor) -> Tensor:
        return torch.nn.functional.normalize(rows, dim=1)


def without_directory(source_of):
    """Wraps the compiler's source lookup, so that programs contain the name of this file without its directory."""

    def named(*arguments):
        lines, first, file = source_of(*arguments)
        return lines, first, Path(file).name

    return named


def digest(file):
    return f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"


if __name__ == "__main__":
    torch._sources.get_source_lines_and_file = without_directory(torch._sources.get_source_lines_and_file)
    torch.jit.frontend.get_source_lines_and_file = torch._sources.get_source_lines_and_file
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    programs = {
        "adam": Adam(),
        "bridge-step": BridgeStep(),
        "hidden-items-step": HiddenItemsStep(),
        "history-step": HistoryStep(),
        "item-scan": ItemScan(),
        "latent-encoder": LatentEncoder(),
        "latent-step": LatentStep(),
        "mf-bpr-step": MfBprStep(),
        "modality-graph": ModalityGraph(),
        "reconstruction-step": ReconstructionStep(),
        "reverse-diffusion": ReverseDiffusion(),
        "spectral-start": SpectralStart(),
        "weight-average": WeightAverage(),
    }
    for name, module in programs.items():
        torch.jit.script(module.eval()).save(str(target / f"{name}.pt"))
    written = [target / f"{name}.pt" for name in programs]
    (target / "programs.sha256").write_text("".join(digest(file) for file in [Path(__file__)] + written))
