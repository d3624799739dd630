"""The processes that share a run, each started as torchrun starts them.

Each reads a share of every batch; gradients, losses and counts are added up, so what is learnt is
what one process would learn, but for the order of sums. The first process tells, writes and
decides.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from tunesmith.local.trainer.jobs import Control

from .libraries import distributed, torch

T = TypeVar("T")
_ORDERS = (None, Control.PAUSE, Control.CANCEL)


class Group:
    """One process among `size`, or alone. `where` is the device that it works on."""

    def __init__(self, where: Any) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0")) if self.size > 1 else 0
        self._where = where
        if self.size > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if where.type == "cuda" else "gloo")

    @property
    def leads(self) -> bool:
        """Is this the process that tells, writes and decides?"""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """The items that this process reads."""
        return items[self.rank :: self.size]

    def sums(self, *numbers: float) -> list[float]:
        """Each number, added up over all processes."""
        if self.size == 1:
            return list(numbers)
        tensor = torch.tensor(numbers, dtype=torch.float64, device=self._where)
        distributed.all_reduce(tensor)
        return tensor.tolist()

    def add_gradients(self, weights: Iterable[Any]) -> None:
        """Add the gradients of all processes up, in each of them."""
        if self.size == 1:
            return
        for weight in weights:
            if weight.requires_grad:
                if weight.grad is None:  # Of a small batch there may be nothing for this process.
                    weight.grad = torch.zeros_like(weight)
                distributed.all_reduce(weight.grad)

    def gather(self, found: T) -> list[T]:
        """What each process has found."""
        if self.size == 1:
            return [found]
        every = [found] * self.size
        distributed.all_gather_object(every, found)
        return every

    def decide(self, control: Control | None) -> Control | None:
        """What the first process was asked to do: all leave at the same step."""
        if self.size == 1:
            return control
        number = _ORDERS.index(control) if self.leads else 0
        return _ORDERS[int(self.sums(number)[0])]

    def close(self) -> None:
        """Leave the others."""
        if self.size > 1:
            distributed.destroy_process_group()
