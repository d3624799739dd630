"""What rules on the file as a whole look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tunesmith.bot.datasets.file_statistics import FileStatistics
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.pair_style import PairStyle

if TYPE_CHECKING:
    from tunesmith.bot.datasets.costs import Cost, Offer
    from tunesmith.bot.providers.catalogue import BaseModelEntry, Catalogue, Provider


@dataclass(frozen=True, slots=True)
class Target:
    """Who is to train on the file, and how. `model` is the one that was asked for, if any."""

    name: str
    provider: "Provider"
    method: str
    model: str | None

    @property
    def entry(self) -> "BaseModelEntry | None":
        """What the catalogue knows of the model."""
        return self.provider.model(self.model) if self.model else None

    @property
    def entries(self) -> "Sequence[BaseModelEntry]":
        """That one, or else all of the provider's base models with the method."""
        if self.entry is not None:
            return [self.entry]
        return [entry for entry in self.provider.models if self.method in entry.methods]

    @property
    def takers(self) -> "Sequence[Provider]":
        """The provider as it is for each of them, since they may take different files."""
        entries = self.entries or self.provider.models
        return [self.provider.for_model(entry) for entry in entries] or [self.provider]


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A training file of `size` bytes, by what its lines together say, on the day `today`.

    `keys` are those of its first examples where none has a known format. `offers` are the base
    models in question that can be trained with the method, `prices` what each of them costs;
    `validation` is what the lines of the validation file say.
    """

    name: str
    size: int
    format: Format
    encoding: str
    style: PairStyle | None
    keys: Sequence[str]
    statistics: FileStatistics
    target: Target
    catalogue: "Catalogue"
    today: date
    offers: "Sequence[Offer]"
    prices: "Sequence[Cost]"
    validation: FileStatistics | None
