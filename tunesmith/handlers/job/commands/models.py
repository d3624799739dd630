"""`/tune models` and `/tune delete`: what was tuned here, and how it is deleted; files too."""

from tunesmith.bot.answers.finding import answering, named
from tunesmith.bot.errors import JobError
from tunesmith.bot.jobs import Loss, loss, request_delete_model
from tunesmith.bot.jobs.permissions import Action, require, require_colleague
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.job.commands.files import ask_to_delete, file_meant
from tunesmith.handlers.job.commands.subcommand import Asked, choose, page_buttons, run_button
from tunesmith.handlers.job.reader import reader_in
from tunesmith.handlers.job.rows import model_rows
from tunesmith.handlers.slack.blocks import Block, actions, button, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.handlers.slack.replies import Reply, Screen, plain_reply
from tunesmith.storage import audit, channels, here, jobs
from tunesmith.storage.jobs import Job

DELETE = "delete_model"
_PAGE = 6
_NEWEST = "newest"


async def models(asked: Asked) -> Reply:
    """List the channel's tuned models, a page at a time, or choose which one answers here."""
    named_here, number = asked.paged()
    said = await _choose_default(named_here) if named_here.rest else None
    return await _listed(asked, number, said)


async def _listed(asked: Asked, number: int, said: str | None) -> Reply:
    """A page of the list; above it what was just done, or who answers here."""
    text = asked.text
    place = {"team": asked.team, "channel": asked.ref.channel}
    async with asked.context.services.database.read() as connection:
        skip = (number - 1) * _PAGE
        found = await jobs.recent(connection, place, _PAGE + 1, skip=skip, answering=True)
        at = await here.look(connection, **place)
    default = at.default_model
    if not found and number == 1:
        return plain_reply(text("model.list_none"))
    now = await answering(asked.context.services, at, team=asked.team)
    words = said or text(
        "model.answers_chosen" if default else "model.answers_newest", model=now and now.shown
    )
    reader = await reader_in(asked.context, asked.ref)

    def press(job: Job) -> Block | None:
        if not reader.may_ask:
            return None
        if now is None or now.job_id != job.id or now.kind != "tuned":
            return run_button(text("model.answer_here"), f"models {job.id}", name="_default")
        if default:
            return run_button(text("model.newest_again"), f"models {_NEWEST}", name="_default")
        return None

    rows = await model_rows(asked.context, text, found[:_PAGE], reader, press)
    turns = page_buttons(text, "models", number, more=len(found) > _PAGE)
    lines = f"{text('model.list_title')}\n{words}"
    return words, [section(lines), *rows, *turns, small(text("model.choose_default"))]


async def _choose_default(asked: Asked) -> str:
    """Let a model answer in this channel where none is named; `newest` takes that back. What is
    said of it.
    """
    services, text, channel = asked.context.services, asked.text, asked.ref.channel
    require_colleague(await asked.context.people.person(asked.ref.user))
    chosen = None
    if asked.rest.lower() != _NEWEST:
        chosen = await named(services, asked.rest.strip("`"), team=asked.team, channels=[channel])
    async with services.database.write() as connection:
        place = {"team": asked.team, "channel": channel}
        await channels.set_default_model(connection, **place, ref=chosen.ref if chosen else None)
        subject = chosen.shown if chosen else _NEWEST
        await audit.add(
            connection, **place, person=asked.ref.user, action="default_model", subject=subject
        )
    if chosen is None:
        return text("model.default_newest")
    return text("model.default_set", model=chosen.shown)


async def delete(asked: Asked) -> Reply:
    """Ask whether a model is to be deleted, and say what else goes with it; or a training file,
    where no job is named so.
    """
    text, services = asked.text, asked.context.services
    try:
        job = await choose(asked, "delete", _has_model, "model.list_none")
    except JobError:
        file = await file_meant(asked)
        if file is None and asked.rest:
            raise JobError(say("model.not_found", name=asked.rest.strip("`"))) from None
        if file is None:
            raise
        return await ask_to_delete(asked, file)
    if not isinstance(job, Job):
        return job
    if job.fine_tuned_model is None:
        raise JobError(say("model.none"))
    if job.deleted_at is not None:
        raise JobError(say("model.deleted_already", model=job.fine_tuned_model))
    person = await asked.context.people.person(asked.ref.user)
    require(services.settings, person, Action.DELETE, job.created_by)
    async with services.database.read() as connection:
        lost = await loss(connection, job)
    words = text("model.delete_ask", model=job.fine_tuned_model, provider=_title(asked, job))
    lines = [words, *_lost(text, job, lost), text("model.delete_kept")]
    press = button(text("model.delete_yes"), DELETE, job.id, style="danger")
    return words, [section("\n".join(lines)), actions(press)]


async def press_delete(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    """Delete the model."""
    job = await context.job_seen(body.where, body.user.id, body.value)
    person = await context.people.person(body.user.id)
    deleted = await request_delete_model(context.services, job.id, person)
    text = await context.text(body.user.id)
    title = context.titles[job.provider]
    return plain_reply(text("model.deleting", model=deleted.fine_tuned_model, provider=title))


def _has_model(job: Job) -> bool:
    return job.fine_tuned_model is not None and job.deleted_at is None


def _title(asked: Asked, job: Job) -> str | Message:
    return asked.context.titles[job.provider]


def _lost(text: Text, job: Job, lost: Loss) -> list[str]:
    lines: list[str] = []
    if lost.checkpoints:
        lines.append(text("model.delete_checkpoints", count=lost.checkpoints))
    if lost.continuing:
        ids = [f"`{each.id}`" for each in lost.continuing]
        lines.append(text("model.delete_continuing", ids=ids))
    if lost.answers_now and lost.answers_now.id == job.id:
        then = lost.answers_then
        key = "model.delete_answers_then" if then else "model.delete_answers_nothing"
        lines.append(text(key, model=then.fine_tuned_model if then else ""))
    return lines
