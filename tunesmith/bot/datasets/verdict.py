"""Would this provider train on this file, and at what price?"""

from datetime import UTC, datetime
from typing import NamedTuple

from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.checking import check_file
from tunesmith.bot.datasets.costs import Cost, Length, Offer, costs
from tunesmith.bot.datasets.distributions import distribution
from tunesmith.bot.datasets.findings import Collector, RawFinding, Severity
from tunesmith.bot.datasets.formats import METHODS
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.datasets.scan import Scanned
from tunesmith.bot.datasets.whole_file import Target, ValidationFile, WholeFile
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say
from tunesmith.bot.providers.catalogue import Catalogue

_DEFAULT_ENCODING = "o200k_base"


class Selection(NamedTuple):
    """The provider, base model and method that a file is checked for; any may be left open.

    Without a provider, the catalogue's first one decides what is an error, and the costs are
    those of all; without a method, it is the one that fits the file's format.
    """

    catalogue: Catalogue
    provider: str | None = None
    model: str | None = None
    method: str | None = None

    @property
    def judge(self) -> str:
        """The name of the provider that decides."""
        if self.provider is not None and self.provider not in self.catalogue.providers:
            names = list(self.catalogue.providers)
            raise DatasetError(
                say("reading.unknown_provider", provider=self.provider, providers=names)
            )
        return self.provider or next(iter(self.catalogue.providers))

    def offers(self) -> list[Offer]:
        """The base models in question."""
        return [
            Offer(name, provider, entry)
            for name, provider in self.catalogue.providers.items()
            for entry in provider.models
            if self.provider in (None, name) and self.model in (None, entry.name)
        ]

    def encoding(self) -> str:
        """What the file's tokens are counted in: the encoding of the first model that has one."""
        sources = [_source(offer) for offer in self.offers()]
        return next((source for source in sources if source is not None), _DEFAULT_ENCODING)

    def ignored(self) -> set[str]:
        """Codes of findings that mean nothing to the provider."""
        takes_mark = self.catalogue.providers[self.judge].byte_order_mark
        return {"byte_order_mark"} if takes_mark else set()


class Verdict(NamedTuple):
    """What holds for a file as a whole."""

    target: Target
    findings: list[RawFinding]
    costs: list[Cost]


def judge(
    selection: Selection, scanned: Scanned, validated: Scanned | None, name: str, size: int
) -> Verdict:
    """Judge a file of `size` bytes by what its lines together say."""
    statistics, settings, found = scanned.statistics, scanned.settings, Collector()
    method = selection.method or METHODS[settings.format]
    provider = selection.catalogue.providers[selection.judge]
    target = Target(selection.judge, provider, method, selection.model)
    today = datetime.now(UTC).date()
    offers = [
        offer
        for offer in selection.offers()
        if method in offer.entry.methods and offer.provider.can_train(offer.entry, today)
    ]
    answers = distribution(statistics.answer_tokens)
    prices = costs(offers, Length(settings.encoding, statistics.tokens, answers), today)
    file = WholeFile(
        name,
        size,
        settings.format,
        settings.encoding,
        settings.style,
        statistics,
        target,
        offers,
        prices,
        None if validated is None else _validation(validated),
    )
    check_file(file, found)
    return Verdict(target, found.findings, prices)


def _validation(validated: Scanned) -> ValidationFile:
    errors = [code for code in validated.counts if RULES[code].severity is Severity.ERROR]
    return ValidationFile(validated.statistics, errors)


def _source(offer: Offer) -> str | None:
    return tokens.source(offer.entry.encoding, offer.entry.tokenizer_file)
