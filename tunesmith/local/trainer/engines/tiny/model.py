"""The decoder: forward and backward on plain numpy.

A Llama with RMSNorm without gains, rotary positions, tied embeddings and a squared-ReLU MLP, which
is Llama's gated MLP with ReLU and gate = up, so that a checkpoint is a Hugging Face Llama exactly.

Shapes: the N tokens of a whole batch stand one after the other without padding; only attention
takes them a sequence of T tokens at a time. D is the width, H the heads, V the vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from .arrays import Bools, Floats, Ints, Tokens, Weights
from .attention import Attention, attend, attention_gradients

WIDTH = 128
LAYERS = 4
HEADS = 4
HIDDEN = 4 * WIDTH
ROTARY_BASE = 10_000.0
NORM_EPSILON = 1e-5
EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences to learn from, laid out flat.

    `learnt` are the places in the flat row whose next token, in `targets`, is learnt; `owners`
    says which sequence each of them belongs to.
    """

    ids: Ints
    places: Ints
    bounds: list[tuple[int, int]]
    learnt: Ints
    targets: Ints
    owners: Ints


def make_batch(sequences: Sequence[Tokens]) -> Batch:
    """Lay out sequences of two tokens or more; the first token of each is never learnt."""
    lengths = [len(tokens) - 1 for tokens in sequences]
    ends = list(accumulate(lengths))
    learnt = np.flatnonzero(np.concatenate([tokens.learnt[1:] for tokens in sequences]))
    return Batch(
        ids=np.concatenate([tokens.ids[:-1] for tokens in sequences]),
        places=np.concatenate([np.arange(length) for length in lengths]),
        bounds=list(zip([0, *ends], ends, strict=False)),
        learnt=learnt,
        targets=np.concatenate([tokens.ids[1:] for tokens in sequences])[learnt],
        owners=np.repeat(np.arange(len(sequences)), lengths)[learnt],
    )


def initial_weights(vocabulary: int, rng: np.random.Generator) -> Weights:
    """Fresh weights. What writes into the residual stream starts at zero."""

    def normal(rows: int, columns: int, scale: float) -> Floats:
        return (rng.standard_normal((rows, columns)) * scale).astype(np.float32)

    weights: Weights = {EMBEDDING: normal(vocabulary, WIDTH, 0.05)}
    for layer in range(LAYERS):
        for name in ("query", "key", "value"):
            weights[f"{layer}.{name}"] = normal(WIDTH, WIDTH, WIDTH**-0.5)
        weights[f"{layer}.out"] = np.zeros((WIDTH, WIDTH), np.float32)
        weights[f"{layer}.up"] = normal(WIDTH, HIDDEN, WIDTH**-0.5)
        weights[f"{layer}.down"] = np.zeros((HIDDEN, WIDTH), np.float32)
    return weights


def rotary_tables(places: Ints, like: Floats) -> tuple[Floats, Floats]:
    """Cosines and sines, [N, 1, D/H], in the halves layout that Hugging Face uses."""
    half = WIDTH // HEADS // 2
    angles = places[:, None] * ROTARY_BASE ** (-np.arange(half) / half)
    angles = np.concatenate([angles, angles], axis=1)[:, None, :]
    return np.cos(angles).astype(like.dtype), np.sin(angles).astype(like.dtype)


def rotate(x: Floats, cosines: Floats, sines: Floats) -> Floats:
    """Turn each pair (x[i], x[i + half]) by its place's angle; x is [N, H, D/H]."""
    half = x.shape[-1] // 2
    turned = np.concatenate([-x[..., half:], x[..., :half]], axis=-1)
    return x * cosines + turned * sines


def rms_norm(x: Floats) -> tuple[Floats, Floats]:
    """x over its root mean square, and the factor [N, 1] that backward needs."""
    factor = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + NORM_EPSILON)
    return x * factor, factor


def rms_norm_backward(gradient: Floats, normed: Floats, factor: Floats) -> Floats:
    """The gradient with respect to rms_norm's x."""
    return factor * (gradient - normed * np.mean(gradient * normed, axis=-1, keepdims=True))


@dataclass(slots=True)
class _LayerTrace:
    attention_in: Floats
    attention_factor: Floats
    sequences: list[Attention]
    mixed: Floats
    mlp_in: Floats
    mlp_factor: Floats
    up: Floats


@dataclass(slots=True)
class Trace:
    """What backward needs of a forward pass."""

    batch: Batch
    turn: tuple[Floats, Floats]
    layers: list[_LayerTrace]
    normed: Floats
    factor: Floats
    probabilities: Floats


def forward(weights: Weights, batch: Batch) -> tuple[Floats, Bools, Trace]:
    """Log probability of each learnt token, [learnt], and whether it was the likeliest."""
    x = weights[EMBEDDING][batch.ids]
    turn = rotary_tables(batch.places, x)
    layers: list[_LayerTrace] = []
    for layer in range(LAYERS):
        x, trace = _layer_forward(weights, layer, x, batch, turn)
        layers.append(trace)
    normed, factor = rms_norm(x[batch.learnt])
    logits = normed @ weights[EMBEDDING].T
    logits -= logits.max(axis=1, keepdims=True)
    chosen = logits[np.arange(len(batch.targets)), batch.targets]
    np.exp(logits, out=logits)
    total = logits.sum(axis=1, keepdims=True)
    logits /= total
    trace = Trace(batch, turn, layers, normed, factor, logits)
    return chosen - np.log(total[:, 0]), chosen == 0, trace


def _layer_forward(
    weights: Weights, layer: int, x: Floats, batch: Batch, turn: tuple[Floats, Floats]
) -> tuple[Floats, _LayerTrace]:
    attention_in, attention_factor = rms_norm(x)

    def heads(name: str) -> Floats:
        return (attention_in @ weights[f"{layer}.{name}"]).reshape(len(x), HEADS, -1)

    query = rotate(heads("query"), *turn) * (WIDTH // HEADS) ** -0.5
    key = rotate(heads("key"), *turn)
    value = heads("value")
    sequences = [
        attend(*(_by_head(part, bounds) for part in (query, key, value))) for bounds in batch.bounds
    ]
    mixed = np.concatenate([at.mixed.swapaxes(0, 1) for at in sequences]).reshape(len(x), WIDTH)
    x = x + mixed @ weights[f"{layer}.out"]
    mlp_in, mlp_factor = rms_norm(x)
    up = mlp_in @ weights[f"{layer}.up"]
    np.maximum(up, 0, out=up)
    x = x + (up * up) @ weights[f"{layer}.down"]
    return x, _LayerTrace(attention_in, attention_factor, sequences, mixed, mlp_in, mlp_factor, up)


def _by_head(x: Floats, bounds: tuple[int, int]) -> Floats:
    """One sequence of [N, H, D/H] as a view [H, T, D/H]."""
    start, end = bounds
    return x[start:end].swapaxes(0, 1)


def backward(weights: Weights, trace: Trace, slopes: Floats) -> Weights:
    """Gradients of a loss with these slopes with respect to forward's log probabilities."""
    batch = trace.batch
    logits = trace.probabilities * -slopes[:, None]
    logits[np.arange(len(batch.targets)), batch.targets] += slopes
    gradients: Weights = {EMBEDDING: logits.T @ trace.normed}
    x = np.zeros((len(batch.ids), WIDTH), trace.normed.dtype)
    x[batch.learnt] = rms_norm_backward(logits @ weights[EMBEDDING], trace.normed, trace.factor)
    for layer in reversed(range(LAYERS)):
        x = _layer_backward(weights, layer, x, trace, gradients)
    np.add.at(gradients[EMBEDDING], batch.ids, x)
    return gradients


def _layer_backward(
    weights: Weights, layer: int, x: Floats, trace: Trace, gradients: Weights
) -> Floats:
    at = trace.layers[layer]
    gradients[f"{layer}.down"] = (at.up * at.up).T @ x
    up = x @ weights[f"{layer}.down"].T
    up *= at.up
    up *= 2
    gradients[f"{layer}.up"] = at.mlp_in.T @ up
    x = x + rms_norm_backward(up @ weights[f"{layer}.up"].T, at.mlp_in, at.mlp_factor)

    gradients[f"{layer}.out"] = at.mixed.T @ x
    mixed = (x @ weights[f"{layer}.out"].T).reshape(len(x), HEADS, -1)
    found = [
        attention_gradients(_by_head(mixed, bounds), sequence)
        for bounds, sequence in zip(trace.batch.bounds, at.sequences, strict=True)
    ]
    query, key, value = (
        np.concatenate([part.swapaxes(0, 1) for part in parts])
        for parts in zip(*found, strict=True)
    )
    # A rotation's gradient turns back: the same angles with the sines' sign changed.
    cosines, sines = trace.turn
    query = rotate(query, cosines, -sines) * (WIDTH // HEADS) ** -0.5
    key = rotate(key, cosines, -sines)
    attention = np.zeros_like(x)
    for name, part in (("query", query), ("key", key), ("value", value)):
        flat = part.reshape(len(x), WIDTH)
        gradients[f"{layer}.{name}"] = at.attention_in.T @ flat
        attention += flat @ weights[f"{layer}.{name}"].T
    return x + rms_norm_backward(attention, at.attention_in, at.attention_factor)
