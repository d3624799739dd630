"""Reading many items in as few passes as memory allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tunesmith.local.trainer.engines.process import JobError

from .examples import Item
from .group import Group
from .libraries import torch
from .objectives import Measured, Objective


@dataclass(slots=True)
class Score:
    """The loss and what was right, summed over tokens or pairs, and how many there were."""

    loss: float = 0.0
    right: int = 0
    count: int = 0

    def add(self, measured: Measured) -> None:
        """Count one pass more."""
        self.loss += float(measured.losses.detach().double().sum())
        self.right += sum(measured.right)
        self.count += sum(measured.counts)

    def add_score(self, other: "Score") -> None:
        """Count what was measured elsewhere."""
        self.loss += other.loss
        self.right += other.right
        self.count += other.count


def parts(items: Sequence[Item], budget: int, *, packing: bool) -> Iterator[list[Item]]:
    """The items in parts that hold `budget` tokens at most, padding included; one at least."""
    part: list[Item] = []
    size = longest = 0
    for item in sorted(items, key=len, reverse=True):
        longest = max(longest, *map(len, item.sequences))
        rows = sum(len(one.sequences) for one in part) + len(item.sequences)
        if part and (size + len(item) if packing else rows * longest) > budget:
            yield part
            part, size, longest = [], 0, max(map(len, item.sequences))
        part.append(item)
        size += len(item)
    if part:
        yield part


class Passes:
    """Reads items for an objective. `budget` is how many tokens go through the model at once.

    Where memory runs out it is halved, and what was begun is done again. The processes of a group
    share the items, and each of them is given the whole result.
    """

    def __init__(self, objective: Objective, budget: int, group: Group, *, packing: bool) -> None:
        self.objective = objective
        self._group = group
        self.budget = budget
        self._packing = packing

    def learn(self, items: Sequence[Item], model: Any) -> Score:
        """Add up the gradients of the mean loss over these items. Raises JobError."""
        total = sum(self.objective.count(item) for item in items)
        score = self._learn(self._group.share(items), total, model)
        self._group.add_gradients(model.parameters())
        return self._of_all(score)

    def _learn(self, items: Sequence[Item], total: int, model: Any) -> Score:
        while True:
            model.zero_grad(set_to_none=True)
            score = Score()
            try:
                for part in self._parts(items):
                    measured = self.objective.measure(part)
                    (measured.losses.sum() / total).backward()
                    score.add(measured)
                return score
            except (RuntimeError, MemoryError) as error:
                _require_memory(error)
            self._halve(items)

    def validate(self, items: Sequence[Item], losses: dict[int, Score] | None = None) -> Score:
        """How well these items are known; of each row too, in `losses`. Raises JobError."""
        score, rows = self._validate(self._group.share(items))
        if losses is not None:
            for found in self._group.gather(rows):
                for row, one in found.items():
                    losses.setdefault(row, Score()).add_score(one)
        return self._of_all(score)

    def _validate(self, items: Sequence[Item]) -> tuple[Score, dict[int, Score]]:
        while True:
            score, rows = Score(), dict[int, Score]()
            try:
                with torch.no_grad():
                    for part in self._parts(items):
                        measured = self.objective.measure(part)
                        score.add(measured)
                        _share_out(measured, part, rows)
            except (RuntimeError, MemoryError) as error:
                _require_memory(error)
            else:
                return score, rows
            self._halve(items)

    def _of_all(self, score: Score) -> Score:
        loss, right, count = self._group.sums(score.loss, score.right, score.count)
        return Score(loss, int(right), int(count))

    def _parts(self, items: Sequence[Item]) -> Iterator[list[Item]]:
        return parts(items, self.budget, packing=self._packing)

    def _halve(self, items: Sequence[Item]) -> None:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if all(len(part) == 1 for part in self._parts(items)):
            longest = max(len(item) for item in items)
            raise JobError(
                "out_of_memory",
                f"This machine's memory does not hold one example of {longest} tokens. A smaller"
                " context_length, gradient_checkpointing, quantization 4bit or a smaller base model"
                " needs less.",
            )
        self.budget = max(1, min(self.budget, sum(len(item) for item in items)) // 2)


def _share_out(measured: Measured, part: Sequence[Item], rows: dict[int, Score]) -> None:
    for item, loss, count in zip(part, measured.losses.tolist(), measured.counts, strict=True):
        row = rows.setdefault(item.row, Score())
        row.loss += loss
        row.count += count


def _require_memory(error: RuntimeError | MemoryError) -> None:
    """Raise the error again unless it says that memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return
    if "can't allocate memory" not in str(error):  # What torch's CPU allocator says.
        raise error
