"""How likely the model holds the learnt tokens of sequences to be."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .libraries import Tensor, functional, torch
from .template import Tokens


class Known(NamedTuple):
    """For each sequence: the log probability of its learnt tokens in nats, [S], and how many of
    them the model would have chosen itself.
    """

    logprobs: Tensor
    right: list[int]


def known(model: Any, sequences: Sequence[Tokens], *, packed: bool) -> Known:
    """Read sequences in one pass: one after the other, or each in a padded row of its own."""
    where = model.device
    rows, places, owners, wanted = _layout(sequences, packed=packed)
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows], device=where)
    # The model's head is the widest part of it by far: it sees no token that nobody asks for.
    kept = sorted({place for _, place in places})
    column = {place: number for number, place in enumerate(kept)}
    inputs: dict[str, Any] = {"input_ids": ids}
    if packed:
        # Positions that begin anew tell the model where a sequence ends: none sees another.
        positions = [place for tokens in sequences for place in range(len(tokens))]
        inputs["position_ids"] = torch.tensor([positions], device=where)
    else:
        mask = [[1] * len(row) + [0] * (width - len(row)) for row in rows]
        inputs["attention_mask"] = torch.tensor(mask, device=where)
    bf16 = model.dtype == torch.bfloat16
    with torch.autocast(where.type, dtype=torch.bfloat16, enabled=bf16):
        logits = model(
            **inputs, use_cache=False, logits_to_keep=torch.tensor(kept, device=where)
        ).logits
    chosen = logits[[row for row, _ in places], [column[place] for _, place in places]].float()
    right = torch.tensor(wanted, device=where)
    logprobs = -functional.cross_entropy(chosen, right, reduction="none")
    hits: list[bool] = (chosen.detach().argmax(-1) == right).tolist()
    owner = torch.tensor(owners, device=where)
    sums = torch.zeros(len(sequences), device=where).index_add(0, owner, logprobs)
    counts = [0] * len(sequences)
    for number, hit in zip(owners, hits, strict=True):
        counts[number] += hit
    return Known(sums, counts)


def _layout(
    sequences: Sequence[Tokens], *, packed: bool
) -> tuple[list[list[int]], list[tuple[int, int]], list[int], list[int]]:
    """The rows of ids; and for each learnt token the row and place of the token before it, the
    sequence that it belongs to, and its id.
    """
    rows: list[list[int]] = [[]] if packed else [[] for _ in sequences]
    places: list[tuple[int, int]] = []
    owners: list[int] = []
    wanted: list[int] = []
    for number, tokens in enumerate(sequences):
        row = 0 if packed else number
        start = len(rows[row])
        rows[row] += tokens.ids
        for place in range(1, len(tokens)):
            if tokens.learnt[place]:
                places.append((row, start + place - 1))
                owners.append(number)
                wanted.append(tokens.ids[place])
    return rows, places, owners, wanted
