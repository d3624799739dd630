"""Would this provider train on this file, and at what price?"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from tunesmith.bot import clock
from tunesmith.bot.datasets import formats, tokens
from tunesmith.bot.datasets.block import Context
from tunesmith.bot.datasets.checking import check_file
from tunesmith.bot.datasets.costs import Cost, Length, Offer, costs
from tunesmith.bot.datasets.distributions import distribution
from tunesmith.bot.datasets.example_view import Takes
from tunesmith.bot.datasets.findings import Collector, RawFinding, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.datasets.scan import Scanned
from tunesmith.bot.datasets.whole_file import Target, WholeFile
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.messages import say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import METHODS, Catalogue
from tunesmith.bot.providers.refusals import refused

_DEFAULT_ENCODING = "o200k_base"


@dataclass(frozen=True)
class Selection:
    """The provider, base model and method that a file is checked for, and on which day.

    Each of the three may be left open. Without a provider, `judge` decides what is an error, and
    the costs are those of all; without a method, it is the one that fits the file's format.
    `connected` are the providers that a team has access to.
    """

    catalogue: Catalogue
    provider: str | None = None
    model: str | None = None
    method: str | None = None
    connected: tuple[str, ...] = ()
    today: date = field(default_factory=clock.today)

    def check(self) -> None:
        """Raise DatasetError where the catalogue has no such provider, or nobody the method."""
        # A format that nobody trains has its method too.
        if self.method not in (None, *METHODS, *formats.METHODS.values()):
            said = say("reading.unknown_method", method=str(self.method), methods=METHODS)
            raise DatasetError(said)
        if self.provider is not None and self.provider not in self.catalogue.providers:
            names = list(self.catalogue.providers)
            raise DatasetError(
                say("reading.unknown_provider", provider=self.provider, providers=names)
            )

    def for_format(self, kind: Format) -> "Selection":
        """The same, with the method that fits a file of this format where none is named."""
        return replace(self, method=self.method or formats.METHODS[kind])

    @cached_property
    def judge(self) -> str:
        """The name of the provider that decides.

        Where none is named: of the providers with that base model, and of those that the team has
        access to, the first that still trains, with this method where one does; the catalogue's
        first where that leaves none.
        Raises DatasetError where what is named does not exist.
        """
        self.check()
        if self.provider is not None:
            return self.provider
        providers = self.catalogue.providers
        having = [
            name
            for name, provider in providers.items()
            if (not self.connected or name in self.connected)
            and (self.model is None or provider.model(self.model))
        ]
        if self.connected:
            for method in (self.method, None):
                training = lifetime.still_training(self.catalogue, self.today, method)
                if able := [name for name in having if name in training]:
                    return able[0]
        return next(iter(having), next(iter(providers)))

    @cached_property
    def target(self) -> Target:
        """Who is to train on the file, and how; the method is that of `for_format`."""
        provider = self.catalogue.providers[self.judge]
        return Target(self.judge, provider, self.method or METHODS[0], self.model)

    def severity(self, code: str) -> Severity:
        """How bad a finding is: an error where the provider refuses it with this method."""
        if code in refused(self.judge, self.target.method):
            return Severity.ERROR
        return RULES[code].severity

    def takes(self) -> Takes:
        """What the provider takes in examples, for one of the base models in question at least."""
        takers = self.target.takers
        roles = [taker.roles for taker in takers]
        every = None if None in roles else tuple(dict.fromkeys(chain(*filter(None, roles))))
        return Takes(self.target.provider.title, every, any(taker.tools for taker in takers))

    def offers(self) -> list[Offer]:
        """The base models in question."""
        return [
            Offer(name, provider, entry)
            for name, provider in self.catalogue.providers.items()
            for entry in provider.models
            if self.provider in (None, name)
            and provider.trains
            and (self.model is None or provider.model(self.model) is entry)
        ]

    def trained_on(self) -> list[Offer]:
        """Those of them that are still trained, with the method of `for_format`."""
        return [
            offer
            for offer in self.offers()
            if self.target.method in offer.entry.methods
            and lifetime.can_train(offer.provider, offer.entry, self.today)
        ]

    def context(self) -> Context | None:
        """The shortest context that a base model in question is trained on.

        Of the provider that decides, as far as its models' tokens can be counted.
        """
        counted_in = self.encoding()
        contexts = [
            Context(offer.entry.name, offer.entry.train_context)
            for offer in self.trained_on()
            if offer.name == self.judge
            and offer.entry.train_context
            and _source(offer) == counted_in
        ]
        return min(contexts, key=lambda context: context.tokens, default=None)

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
    target = selection.target
    offers = selection.trained_on()
    answers = distribution(statistics.answer_tokens)
    length = Length(settings.encoding, statistics.tokens, answers)
    prices = costs(offers, length, selection.today)
    file = WholeFile(
        name,
        size,
        settings.format,
        settings.encoding,
        settings.style,
        settings.keys,
        statistics,
        target,
        selection.catalogue,
        selection.today,
        offers,
        prices,
        None if validated is None else validated.statistics,
    )
    check_file(file, found)
    return Verdict(target, found.findings, prices)


def _source(offer: Offer) -> str | None:
    return tokens.source(offer.entry.encoding, offer.entry.tokenizer_file)
