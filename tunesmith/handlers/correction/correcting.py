"""The form behind the Correct button: what was answered, and what somebody makes of it."""

import hashlib
from dataclasses import dataclass

from tunesmith.bot.answers.corrections.asked import asked_with, rejected
from tunesmith.bot.answers.corrections.rows import as_message, as_text
from tunesmith.bot.answers.parts import all_parts, first_key
from tunesmith.bot.datasets import Report
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import Message, say
from tunesmith.handlers.correction.form import (
    MOST,
    Correcting,
    correct_form,
    part_name,
    typed,
)
from tunesmith.handlers.correction.taking import give
from tunesmith.handlers.slack.blocks import Block
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Outcome
from tunesmith.handlers.slack.mrkdwn import seen, shorten
from tunesmith.handlers.slack.payloads import ActionBody, SubmissionBody, carried
from tunesmith.handlers.slack.thread import Where
from tunesmith.storage import answers, corrections, datasets, jobs
from tunesmith.storage.answers import Answer
from tunesmith.storage.corrections import Correction
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

_DIRECT = "D"
_MOST_OTHER = 300


@dataclass(frozen=True, slots=True)
class _Asked:
    """An answer that can be corrected: by which job's model, and the file that goes back to.

    Corrections are kept by `key`, the same one for all of an answer's parts: that of the first, or
    the one by which a correction is kept already.
    """

    answer: Answer
    key: str
    job: Job
    original: Dataset
    stands: Correction | None
    own: Correction | None

    @property
    def said(self) -> str:
        """What stands in the form at first: what this person wrote and does not count yet, or what
        counts, or what the model said.
        """
        given = self.own or self.stands
        return _as_filled(as_text(given.preferred if given else rejected(self.answer)))

    @property
    def classes(self) -> list[str]:
        """The labels that it can be, where the model was trained to classify."""
        return list(Report.model_validate(self.original.report).classes)


async def open_form(context: Context, body: ActionBody) -> None:
    """Show the form for an answer. Raises UserError where it can't be corrected."""
    asked = await _asked(context, body.where, body.user.id, body.value)
    if len(asked.said) > MOST:
        raise UserError(say("correction.too_long", count=len(asked.said), most=MOST))
    place = body.container
    about = Correcting(
        answer_key=asked.answer.key,
        channel=body.where.channel,
        thread=place.thread_ts or place.message_ts or "",
        seen=asked.stands.id if asked.stands else None,
    )
    view = await _form(context, body.user.id, asked, about)
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def submit(context: Context, body: SubmissionBody) -> Outcome:
    """Have what was written checked and kept; where somebody else was faster, say so first."""
    about = carried(Correcting, body.view.private_metadata)
    text = (await context.text(body.user.id)).plain
    asked = await _asked(context, body.where(about.channel), body.user.id, about.answer_key)
    answer = typed(body, about)
    if asked.answer.key != about.answer_key:
        return await _gone_on(context, body.user.id, asked, about, answer)
    if answer == _as_filled(as_text(rejected(asked.answer))).strip():
        return {part_name(): text("correction.as_answered")}
    if asked.stands and answer == _as_filled(as_text(asked.stands.preferred)).strip():
        return {part_name(): text("correction.unchanged")}
    correction = await _correction(context, body, asked, about, answer)
    if asked.stands and asked.stands.id != about.seen:
        name = await context.people.name(asked.stands.author) or asked.stands.author
        other = shorten(as_text(asked.stands.preferred), _MOST_OTHER)
        said = say("correction.meanwhile", who=name, other=other)
        about = about.model_copy(update={"seen": asked.stands.id})
        return await _form(context, body.user.id, asked, about, answer=answer, said=said)
    async with context.services.database.write() as connection:
        if await corrections.get(connection, correction.id) is None:
            await give(connection, correction)
    return {}


def _as_filled(text: str) -> str:
    """A text as an input of a form takes it and gives it back."""
    return seen(text.replace("\r\n", "\n").replace("\r", "\n"))


async def _gone_on(
    context: Context, user: str, asked: _Asked, about: Correcting, answer: str
) -> Outcome:
    """The form again, with the rest of an answer that was gone on with since it was opened."""
    async with context.services.database.read() as connection:
        shown = await answers.get(connection, about.answer_key)
    # With the space in front of it, which what was written has not at its end.
    before = shown.text.rstrip() if shown else ""
    goes_on = asked.answer.text.startswith(before)  # else another one came in its place
    rest = _as_filled(asked.answer.text[len(before) :]) if goes_on else ""
    stands = asked.stands.id if asked.stands else None
    whole = about.model_copy(update={"answer_key": asked.answer.key, "seen": stands})
    said = say("correction.gone_on")
    return await _form(context, user, asked, whole, answer=answer + rest, said=said)


async def _asked(context: Context, where: Where, user: str, answer_key: str) -> _Asked:
    """An answer where somebody is, if it may become training data: all of it, where it was gone on
    with.

    What was asked in a channel stays there; a direct message is the asker's own. Raises UserError.
    """
    await context.people.require_colleague(user)
    async with context.services.database.read() as connection:
        answer = await answers.get(connection, answer_key)
        parts = await all_parts(connection, answer) if answer else []
        answer = parts[-1] if parts else None
        job = await jobs.get(connection, answer.job_id) if answer and answer.job_id else None
        dataset = await datasets.get(connection, job.dataset_id) if job else None
        original = dataset
        if dataset and dataset.corrected_from:
            original = await datasets.get(connection, dataset.corrected_from)
        first = first_key(answer_key)
        keys = {first, *(one.key for one in parts)}
        stands = await corrections.of_answer(connection, *keys)
        own = await corrections.not_taken(connection, user, *keys)
    if answer is None or answer.question is None:
        raise UserError(say("correction.not_kept"))
    if job is None or original is None:
        raise UserError(say("correction.no_file"))
    direct = where.channel.startswith(_DIRECT) and await context.sees(where, user, job)
    if job.team != where.team or not (direct or job.channel == where.channel):
        raise UserError(say("correction.elsewhere"))
    given = next(iter(own), None)
    known = stands or given
    key = known.answer_key if known else first
    return _Asked(answer, key, job, original, stands, given)


async def _correction(
    context: Context, body: SubmissionBody, asked: _Asked, about: Correcting, answer: str
) -> Correction:
    prompt = await asked_with(context.services, asked.answer)
    model_said = rejected(asked.answer)
    return Correction(
        id=hashlib.sha256(body.view.id.encode()).hexdigest()[:12],
        team=asked.job.team,
        channel=asked.job.channel,
        job_id=asked.job.id,
        dataset_id=asked.original.id,
        answer_key=asked.key,
        asked_channel=about.channel,
        asked_thread=about.thread,
        messages=prompt.messages,
        tools=prompt.tools,
        rejected=model_said,
        preferred=as_message(answer, model_said),
        author=body.user.id,
    )


async def _form(
    context: Context,
    user: str,
    asked: _Asked,
    about: Correcting,
    *,
    answer: str | None = None,
    said: Message | None = None,
) -> Block:
    """The form, with the answer that was written in it, or what stands now."""
    return correct_form(
        await context.text(user),
        about,
        question=asked.answer.question or "",
        answer=asked.said if answer is None else answer,
        classes=asked.classes,
        channel=asked.job.channel,
        said=said,
    )
