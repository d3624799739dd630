"""Causal attention of one sequence at a time, in blocks of queries.

A block sees only the keys up to its own end, which halves the work of long sequences and keeps
the scores in the processor's cache. Shapes: H heads, T places, d = D/H.
"""

from dataclasses import dataclass

import numpy as np

from .arrays import Floats

_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Attention:
    """What attention was given and found; `attention_gradients` needs all of it.

    query, mixed: [H, T, d], the query already scaled. key, value: [H, S, d], where the last T of
    the S places are the queries'. blocks: exponentials of the scores, [H, places, places seen];
    totals: their sums, [H, T, 1]. mixed: for each query, the mix of the values up to its place.
    """

    query: Floats
    key: Floats
    value: Floats
    mixed: Floats
    blocks: list[Floats]
    totals: Floats


def attend(query: Floats, key: Floats, value: Floats) -> Attention:
    """Mix values by how well their keys answer each query."""
    before = key.shape[1] - query.shape[1]
    mixed = np.empty_like(query)
    totals = np.empty_like(query[..., :1])
    blocks: list[Floats] = []
    for start, end in _blocks(query.shape[1]):
        seen = before + end
        scores = query[:, start:end] @ key[:, :seen].swapaxes(1, 2)
        size = end - start
        scores[:, :, before + start :] += np.triu(np.full((size, size), -np.inf, query.dtype), 1)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        totals[:, start:end] = scores.sum(axis=-1, keepdims=True)
        mixed[:, start:end] = scores @ value[:, :seen] / totals[:, start:end]
        blocks.append(scores)
    return Attention(query, key, value, mixed, blocks, totals)


def attention_gradients(gradient: Floats, at: Attention) -> tuple[Floats, Floats, Floats]:
    """Gradients with respect to query, key and value, where S = T, from the mix's gradient."""
    to_query, to_key = np.empty_like(at.query), np.zeros_like(at.key)
    to_value = np.zeros_like(at.value)
    scaled = gradient / at.totals
    common = (scaled * at.mixed).sum(axis=-1, keepdims=True)
    for (start, end), shares in zip(_blocks(at.query.shape[1]), at.blocks, strict=True):
        to_value[:, :end] += shares.swapaxes(1, 2) @ scaled[:, start:end]
        scores = scaled[:, start:end] @ at.value[:, :end].swapaxes(1, 2)
        scores -= common[:, start:end]
        scores *= shares
        to_query[:, start:end] = scores @ at.key[:, :end]
        to_key[:, :end] += scores.swapaxes(1, 2) @ at.query[:, start:end]
    return to_query, to_key, to_value


def _blocks(places: int) -> list[tuple[int, int]]:
    return [(start, min(start + _BLOCK, places)) for start in range(0, places, _BLOCK)]
