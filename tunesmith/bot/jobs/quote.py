"""What a job and the model that comes out of it cost: the one quote, made before it is started.

Money is in USD; None means unknown, which is never guessed. A month has 30 days.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tunesmith.bot.datasets import Report, tokens
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.providers.catalogue import BaseModelEntry
from tunesmith.bot.providers.lifetime import TimeLeft, left_until

MONTH_DAYS = 30
_MILLION = Decimal(1_000_000)
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Quote:
    """The cost of one job, and of using its model.

    `tokens` are those billed for one epoch, None where they can't be counted for this base model;
    `price` is for a million of them, as of `as_of`, and `free_tokens` of a job's are the team's
    allowance. `epochs` is None where only the provider knows how many it chooses.
    `answers_usd` is the price of 1,000 answers of `question_tokens` read and `answer_tokens`
    written, the file's own averages; `questions` is how many were asked in the channel in the last
    month. `hosted` tells that the model is kept ready by the hour, at `hosting_usd_per_hour`.
    `left` is how long the model answers, None where no end is known. Where `aside` examples at most
    are set aside first, it is the most that training can cost.
    """

    tokens: int | None
    epochs: int | None
    price: Decimal | None
    free_tokens: int
    as_of: date
    hosted: bool
    hosting_usd_per_hour: Decimal | None
    question_tokens: int
    answer_tokens: int
    answers_usd: Decimal | None
    questions: int
    left: TimeLeft | None
    aside: int = 0

    @property
    def is_free(self) -> bool:
        """Whether training costs nothing, however long it takes."""
        return self.price == 0

    @property
    def epoch_usd(self) -> Decimal | None:
        """One epoch of training, before any free allowance."""
        if self.price is None or self.tokens is None:
            return Decimal(0) if self.is_free else None
        return self.price * self.tokens / _MILLION

    @property
    def training_usd(self) -> Decimal | None:
        """The whole training."""
        if self.is_free:
            return Decimal(0)
        if self.price is None or self.tokens is None or self.epochs is None:
            return None
        billed = max(0, self.tokens * self.epochs - self.free_tokens)
        return self.price * billed / _MILLION

    @property
    def answers_month_usd(self) -> Decimal | None:
        """A month of as many questions as were asked in the last one."""
        return None if self.answers_usd is None else self.answers_usd * self.questions / 1_000

    @property
    def hosting_month_usd(self) -> Decimal | None:
        """A month of the model being kept ready all day."""
        if not self.hosted:
            return Decimal(0)
        hour = self.hosting_usd_per_hour
        return None if hour is None else hour * _HOURS * MONTH_DAYS

    @property
    def life_usd(self) -> Decimal | None:
        """Training, and hosting and answers for as long as the model answers.

        None where one of them is unknown, or no end.
        """
        training, hosting, answers = (
            self.training_usd,
            self.hosting_month_usd,
            self.answers_month_usd,
        )
        if training is None or hosting is None or answers is None or self.left is None:
            return None
        return training + (hosting + answers) * max(0, self.left.days) / MONTH_DAYS


def quote(
    report: Report,
    offer: Offer,
    *,
    epochs: int | None,
    questions: int,
    today: date,
    aside: int = 0,
) -> Quote:
    """The quote for a job on this file and base model.

    Without `epochs`, the provider's own choice counts. `questions` are those of the last month.
    Where the file is split first, `aside` is how many examples are set aside at most; the quote is
    then the most that training can cost.
    """
    provider, entry = offer.provider, offer.entry
    answer = Decimal(str(report.tokens.assistant_per_example.mean))
    question = Decimal(report.tokens.total) / max(report.examples, 1) - answer
    answers = None
    if _is_counted_for(report, entry) and None not in (entry.input_usd, entry.output_usd):
        read, written = entry.input_usd or Decimal(0), entry.output_usd or Decimal(0)
        answers = (question * read + answer * written) * 1_000 / _MILLION
    return Quote(
        tokens=_tokens(report, offer),
        epochs=epochs or provider.epochs(report.examples - aside),
        aside=aside,
        price=entry.train_usd,
        free_tokens=entry.free_train_tokens or 0,
        as_of=provider.as_of,
        hosted=provider.deploy_required or provider.hosting_usd_per_hour is not None,
        hosting_usd_per_hour=provider.hosting_usd_per_hour,
        question_tokens=round(question),
        answer_tokens=round(answer),
        answers_usd=answers,
        questions=questions,
        left=None if entry.shutdown_date is None else left_until(entry.shutdown_date, today),
    )


def _is_counted_for(report: Report, entry: BaseModelEntry) -> bool:
    """Whether the file's tokens were counted as this base model counts them."""
    return tokens.source(entry.encoding, entry.tokenizer_file) == report.tokens.encoding


def _tokens(report: Report, offer: Offer) -> int | None:
    """The tokens of one epoch, each example cut at the base model's training context."""
    if not _is_counted_for(report, offer.entry):
        return None
    limit = offer.entry.train_context
    if limit is None or report.tokens.per_example.max <= limit:
        return report.tokens.total
    this = (offer.name, offer.entry.name)
    cost = next((cost for cost in report.costs if (cost.provider, cost.model) == this), None)
    return None if cost is None else report.tokens.total - cost.lost_tokens
