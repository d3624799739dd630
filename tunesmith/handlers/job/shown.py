"""What a job's card is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from tunesmith.bot.jobs.checkpoints import available
from tunesmith.bot.messages import Message
from tunesmith.bot.providers.lifetime import TimeLeft
from tunesmith.handlers.job.reader import EVERYBODY, Reader
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.metrics import Metric

_MOST_EPOCHS = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """A job, the name of its training file, and its steps in order.

    `now` is the database's time; `silent` the provider's title and since how many seconds it has
    not answered; `left` says how long the tuned model answers, `undeployed` why it can't be asked
    yet; `can_pause` whether its provider can pause a job; `lineage` which model it moves here;
    `keeps_checkpoints` how many the provider keeps of those that were made; `has_row_losses`
    whether it has told which rows cost most. `reader` is who sees it.
    """

    job: Job
    file: str
    steps: Sequence[Metric]
    now: float = 0
    silent: tuple[str | Message, float] | None = None
    left: TimeLeft | None = None
    undeployed: Message | None = None
    can_pause: bool = False
    lineage: Message | None = None
    checkpoints: Sequence[Checkpoint] = ()
    keeps_checkpoints: int | None = None
    has_row_losses: bool = False
    reader: Reader = EVERYBODY

    @property
    def share(self) -> float:
        """How much of the training is done, from 0 to 1."""
        if self.job.status is JobStatus.SUCCEEDED:
            return 1.0
        if not self.steps or not self.steps[-1].total_steps:
            return 0.0
        return min(1.0, self.steps[-1].step / self.steps[-1].total_steps)

    @property
    def available(self) -> Sequence[Checkpoint]:
        """The checkpoints that the provider has not dropped."""
        return available(self.checkpoints, self.keeps_checkpoints)

    @property
    def standing_in(self) -> int | None:
        """The step of the checkpoint that is the model of a job without one of its own."""
        job = self.job
        if not job.status.is_fruitless or job.deleted_at:
            return None
        return next(
            (row.step for row in self.checkpoints if row.model == job.fine_tuned_model), None
        )

    @property
    def _epochs(self) -> tuple[int, int] | None:
        """How many epochs and steps there are in all; None where that is not known."""
        epochs = self.job.hyperparameters.get("n_epochs") or self.job.epochs
        total = self.steps[-1].total_steps if self.steps else None
        return (epochs, total) if isinstance(epochs, int) and epochs > 0 and total else None

    def epoch_of(self, step: int) -> int | None:
        """The epoch that a step is in, counted from 1; None where their number is not known."""
        if self._epochs is None:
            return None
        epochs, total = self._epochs
        return max(1, min(epochs, ceil(step * epochs / total - 1e-9)))

    @property
    def epoch_ends(self) -> list[tuple[float, int]]:
        """At which step each epoch ends, with its number; of many only some, of one alone none."""
        if self._epochs is None or self._epochs[0] == 1:
            return []
        epochs, total = self._epochs
        numbers = range(1, epochs + 1, ceil(epochs / _MOST_EPOCHS))
        return [(total * number / epochs, number) for number in numbers]

    @property
    def cost_so_far(self) -> Decimal | None:
        """The share of the estimate that is used up, in USD; None where it is not known, or 0."""
        if not self.job.estimated_usd or not self.share:
            return None
        return self.job.estimated_usd * Decimal(f"{self.share:.6f}")

    @property
    def seconds_left(self) -> float | None:
        """How long the training will take on; None where nobody can tell."""
        job, share = self.job, self.share
        if job.status is not JobStatus.RUNNING:
            return None
        if job.estimated_finish:
            return max(1.0, job.estimated_finish - self.now)
        began = job.provider_started_at or job.started_at
        if not share or not began:
            return None
        return max(1.0, (self.now - began) * (1 - share) / share)

    @property
    def took(self) -> float | None:
        """The seconds of training by the provider's clock, or else by ours."""
        job = self.job
        if job.provider_started_at and job.provider_finished_at:
            return max(0.0, job.provider_finished_at - job.provider_started_at)
        if job.started_at and job.finished_at:
            return job.finished_at - job.started_at
        return None
