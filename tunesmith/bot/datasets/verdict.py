"""Would this provider train on this file, and at what price?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.checks import files, labels, pair_style
from tunesmith.bot.datasets.checks.files import Target
from tunesmith.bot.datasets.costs import Cost, Length, Offer, costs
from tunesmith.bot.datasets.distributions import distribution
from tunesmith.bot.datasets.findings import Collector, RawFinding, Severity
from tunesmith.bot.datasets.formats import METHODS
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.datasets.scan import Scanned
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
    statistics, found = scanned.statistics, Collector()
    method = selection.method or METHODS[scanned.settings.format]
    provider = selection.catalogue.providers[selection.judge]
    target = Target(selection.judge, provider, method, selection.model)
    files.check_bytes(name, size, target, found)
    files.check(statistics, scanned.settings.format, target, found)
    labels.check(statistics, scanned.settings.format, scanned.settings.encoding, found)
    if scanned.settings.style is not None:
        pair_style.check_file(scanned.settings.style, found)
    if validated is not None:
        errors = [code for code in validated.counts if RULES[code].severity is Severity.ERROR]
        files.check_validation(validated.statistics, errors, statistics, target, found)
    today = datetime.now(UTC).date()
    offers = [
        offer
        for offer in selection.offers()
        if method in offer.entry.methods and offer.provider.can_train(offer.entry, today)
    ]
    answers = distribution(statistics.answer_tokens)
    prices = costs(offers, Length(scanned.settings.encoding, statistics.tokens, answers), today)
    _check_models(offers, prices, scanned.settings.encoding, found)
    return Verdict(target, found.findings, prices)


def _check_models(
    offers: Sequence[Offer], prices: Sequence[Cost], encoding: str, found: Collector
) -> None:
    """Examples that are too long for a model, and models whose tokens cannot be counted."""
    limits: set[int] = set()
    for price in prices:
        limit = next(o.entry.train_context for o in offers if o.entry.name == price.model)
        if price.truncated_examples and limit is not None and limit not in limits:
            limits.add(limit)
            found.add(
                "examples_truncated",
                count=price.truncated_examples,
                limit=limit,
                model=price.model,
                lost=say("finding.value.tokens", count=price.lost_tokens),
            )
    others = [offer for offer in offers if _source(offer) != encoding]
    for code, needs_extra in (("tokens_not_counted", False), ("tokens_need_extra", True)):
        names = {
            offer.entry.name
            for offer in others
            if tokens.needs_extra(offer.entry.tokenizer_file) is needs_extra
        }
        if names:
            found.add(code, models=sorted(names), used=encoding)


def _source(offer: Offer) -> str | None:
    return tokens.source(offer.entry.encoding, offer.entry.tokenizer_file)
