"""What a run learns: answers token by token, or which of two answers is preferred."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from .examples import Item
from .forward import known
from .libraries import Tensor, functional, torch

REFERENCE = "reference"
"""The adapter with the weights from which preference training started."""


class Measured(NamedTuple):
    """For each item: its loss, [I], what was right of it, and over how much both were summed."""

    losses: Tensor
    right: list[int]
    counts: list[int]


class Objective(Protocol):
    """A method of training."""

    @property
    def accuracy(self) -> str:
        """What `Measured.right` over `Measured.counts` is called in events."""
        ...

    def count(self, item: Item) -> int:
        """Over how much the item's loss is summed."""
        ...

    def measure(self, items: Sequence[Item]) -> Measured:
        """Read items in one pass."""
        ...


@dataclass(frozen=True, slots=True)
class Supervised:
    """Learn each answer token by token; every learnt token counts alike."""

    model: Any
    packing: bool
    accuracy: str = "mean_token_accuracy"

    def count(self, item: Item) -> int:
        """The learnt tokens that have a token before them."""
        return sum(sum(tokens.learnt[1:]) for tokens in item.sequences)

    def measure(self, items: Sequence[Item]) -> Measured:
        """The negative log probability of each item's learnt tokens."""
        sequences = [tokens for item in items for tokens in item.sequences]
        found = known(self.model, sequences, packed=self.packing)
        return Measured(-found.logprobs, found.right, [self.count(item) for item in items])


@dataclass(frozen=True, slots=True)
class Preference:
    """DPO (arXiv:2305.18290): the preferred answer is to gain on the other one by more than the
    model had it when training began: the base model, or the tuned one that training goes on from.
    """

    model: Any
    packing: bool
    beta: float
    accuracy: str = "reward_accuracy"

    def count(self, item: Item) -> int:
        """Pairs."""
        return len(item.sequences) // 2

    def measure(self, items: Sequence[Item]) -> Measured:
        """-log sigmoid of each pair's margin, and whether the preferred answer won."""
        sequences = [tokens for item in items for tokens in item.sequences]
        with torch.no_grad(), self._as_it_began():
            before = known(self.model, sequences, packed=self.packing).logprobs.view(-1, 2)
        now = known(self.model, sequences, packed=self.packing).logprobs.view(-1, 2)
        gained = (now[:, 0] - now[:, 1]) - (before[:, 0] - before[:, 1])
        margin = self.beta * gained
        right: list[bool] = (margin > 0).tolist()
        losses = -functional.logsigmoid(margin)
        return Measured(losses, [int(one) for one in right], [1] * len(items))

    @contextmanager
    def _as_it_began(self) -> Generator[None]:
        training = self.model.training
        self.model.eval()
        try:
            if REFERENCE in self.model.peft_config:
                self.model.set_adapter(REFERENCE)
                try:
                    yield
                finally:
                    self.model.set_adapter("default")
            else:
                with self.model.disable_adapter():
                    yield
        finally:
            self.model.train(training)
