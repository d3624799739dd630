"""Ask every contestant every row: each answer is kept before the next row is asked, and no row is
asked again whose answer is kept.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tunesmith.bot.answers.ask import Answered, answer
from tunesmith.bot.answers.evaluation.contestants import Contestant, contestants_of, stored
from tunesmith.bot.answers.evaluation.preparing import Shots, prompt_of
from tunesmith.bot.answers.evaluation.rows import KnownRow, spoken
from tunesmith.bot.answers.model import AskedModel, from_ref
from tunesmith.bot.answers.prompt import Trained
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message, say, to_stored
from tunesmith.bot.queue import Wait, Work
from tunesmith.bot.services import Services
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import Evaluation, EvaluationStatus, Row, RowAnswer

AT_ONCE = 4
"""Questions of one evaluation that are open at a time."""

_GIVEN_UP_AFTER = 3
_PAUSE_SECONDS = 5.0


class Asking:
    """The questions of one evaluation that have no answer yet.

    `progress` takes the share of the answers that are there. `waits_for` is why it stopped, where
    a provider can't be asked just now.
    """

    def __init__(
        self,
        services: Services,
        work: Work[Any],
        evaluation: Evaluation,
        progress: Callable[[float], None],
    ) -> None:
        self.waits_for: Message | None = None
        self._services = services
        self._work = work
        self._id = evaluation.id
        self._contestants = {
            each.label: each for each in contestants_of(evaluation) if each.is_asked
        }
        self._models: dict[str, tuple[AskedModel, Trained]] = {}
        self._progress = progress
        self._total = evaluation.rows * len(self._contestants)
        self._kept = 0
        self._kept_before = 0
        self._have_answered: set[str] = set()
        self._refusals: Counter[str] = Counter()
        self._failure: Exception | None = None
        self._goes_on = True

    async def run(self) -> None:
        """Ask what has no answer. Ends early where the evaluation has ended meanwhile.

        Raises Wait or ProviderBusyError where a provider can't be asked just now, ProviderError
        where the model that is measured answers nothing at all.
        """
        async with self._services.database.read() as connection:
            rows = await evaluations.rows_of(connection, self._id)
            answers = await evaluations.answers_of(connection, self._id)
        asked = [each for each in answers if each.contestant in self._contestants]
        kept = {(each.number, each.contestant) for each in asked}
        self._have_answered = {each.contestant for each in asked if each.refused is None}
        self._refusals.update(each.contestant for each in asked if each.refused is not None)
        self._kept = self._kept_before = len(kept)
        await self._find_models()
        waiting = self._waiting(rows, kept)
        self._tell()
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._ask_on(waiting))
        if self._failure is not None:
            raise self._failure

    async def _find_models(self) -> None:
        for label, each in self._contestants.items():
            model = await from_ref(self._services, each.ref)
            if model is None:
                raise ProviderError(say("evaluation.model_gone", model=each.shown))
            self._models[label] = (model, await trained(self._services, model))

    def _waiting(
        self, rows: list[Row], kept: set[tuple[int, str]]
    ) -> Iterator[tuple[Contestant, Row]]:
        for row in rows:
            for label in list(self._contestants):
                if label in self._contestants and (row.number, label) not in kept:
                    yield self._contestants[label], row

    async def _ask_on(self, waiting: Iterator[tuple[Contestant, Row]]) -> None:
        while self._goes_on and (following := next(waiting, None)):
            try:
                await self._ask(*following)
            except ProviderBusyError as busy:
                self._stop(self._patiently(busy))
            except Exception as error:  # noqa: BLE001 - raised again once the others have ended
                self._stop(error)

    def _stop(self, error: Exception) -> None:
        self._goes_on = False
        self._failure = self._failure or error

    def _patiently(self, busy: ProviderBusyError) -> Exception:
        """An outage ends an evaluation only where nothing at all came since the last one."""
        self.waits_for = busy.message
        if self._kept == self._kept_before:
            return busy
        return Wait(busy.message, busy.retry_after or _PAUSE_SECONDS)

    async def _ask(self, contestant: Contestant, row: Row) -> None:
        model, how = self._models[contestant.label]
        known = KnownRow.model_validate(row.row)
        shots = None
        if contestant.label == "few_shot" and row.shots is not None:
            shots = Shots.model_validate(row.shots)
        refused: Message | None = None
        said: Answered | None = None
        try:
            said = await answer(self._services, model, prompt_of(how, known, shots))
        except ProviderBusyError:
            raise
        except ProviderError as error:
            refused = error.message
        await self._keep(contestant, _row_answer(self._id, row.number, contestant, said, refused))
        if refused is None:
            self._have_answered.add(contestant.label)
            return
        self._refusals[contestant.label] += 1
        silent = contestant.label not in self._have_answered
        if silent and self._refusals[contestant.label] >= _GIVEN_UP_AFTER:
            await self._give_up(contestant, refused)

    async def _keep(self, contestant: Contestant, kept: RowAnswer) -> None:
        async with self._work.step() as connection:
            await evaluations.keep(connection, [kept])
            status = await evaluations.status_of(connection, self._id)
        self._goes_on = self._goes_on and status is EvaluationStatus.RUNNING
        self._kept += contestant.label in self._contestants
        self._tell()

    async def _give_up(self, contestant: Contestant, reason: Message) -> None:
        """Ask somebody no more who refused every row so far."""
        if contestant.label == "tuned":
            raise ProviderError(reason)
        if self._contestants.pop(contestant.label, None) is None:
            return
        async with self._work.step() as connection:
            known = await evaluations.get(connection, self._id)
            assert known is not None
            contestants = [
                each.model_copy(update={"gone": reason}) if each.label == contestant.label else each
                for each in contestants_of(known)
            ]
            await evaluations.change(connection, self._id, contestants=stored(contestants))
        self._total = max(1, self._total - known.rows + _GIVEN_UP_AFTER)

    def _tell(self) -> None:
        self._progress(min(1.0, self._kept / max(1, self._total)))


def _row_answer(
    evaluation_id: str,
    number: int,
    contestant: Contestant,
    said: Answered | None,
    refused: Message | None,
) -> RowAnswer:
    if said is None:
        reason = to_stored(refused) if refused else None
        return RowAnswer(evaluation_id, number, contestant.label, "", refused=reason)
    usage = said.usage
    return RowAnswer(
        evaluation_id=evaluation_id,
        number=number,
        contestant=contestant.label,
        text=spoken(said.text, [(call.name, call.arguments) for call in said.tool_calls]),
        finish_reason=said.finish_reason,
        seconds=said.seconds,
        first_seconds=said.first_seconds,
        input_tokens=usage.input if usage else None,
        output_tokens=usage.output if usage else None,
        usd=said.usd,
    )
