"""Somebody moves a tuned model to another provider.

Task kind: `move` (one per sent form: checks the file for the new provider and starts the job there,
or says in the thread why not; one per press of the button below that, which leaves out the rows
that the provider refuses).
"""

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report, Selection, inspect
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import FIXABLE
from tunesmith.bot.errors import DatasetError, JobError, UserError
from tunesmith.bot.jobs import JobRequest, move, start, time_left
from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.jobs.quote import MONTH_DAYS, quote
from tunesmith.bot.messages import Message, Text, say
from tunesmith.bot.queue import Place, Work
from tunesmith.handlers.dataset.blocks import FIX
from tunesmith.handlers.job.blocks import MOVE
from tunesmith.handlers.model.leaving_out import (
    LeftOut,
    lines_to_leave_out,
    tell_left_out,
    write_without,
)
from tunesmith.handlers.model.move_form import (
    SUBMIT,
    TARGET,
    MoveForm,
    move_form,
    target_of,
)
from tunesmith.handlers.slack.blocks import Block, actions, button, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.payloads import ActionBody, SubmissionBody, carried
from tunesmith.storage import answers, datasets
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

WITHOUT = "move_without"
_MOST_LINES = 8


class MoveRequest(InThread):
    """Whose model is moved, to which base model of which provider; `request` names the form or the
    press. Rows that are refused there are left out where it goes `without` them.
    """

    job_id: str
    provider: str
    base_model: str
    request: str
    without: bool = False


def register(interactions: Interactions) -> None:
    """Listen to the button, the choice in the form, and the form."""
    interactions.action(MOVE, _press)
    interactions.action(TARGET, _choose)
    interactions.form(SUBMIT, _form)
    interactions.action(WITHOUT, _press_without)


async def _press(context: Context, body: ActionBody) -> None:
    """Show the form. Raises NotAllowedError where this person may not move the model, JobError
    where there is nowhere to move it to.
    """
    job = await context.job_seen(body.where, body.user.id, body.value)
    person = await context.people.person(body.user.id)
    require(context.services.settings, person, Action.MOVE, job.created_by)
    view = await _view(context, await context.text(body.user.id), job, None)
    await context.outbox.call("views.open", trigger_id=body.trigger_id, view=view)


async def _choose(context: Context, body: ActionBody) -> None:
    """Show what another choice of base model means."""
    if body.view is None:
        raise UserError(say("common.control_unreadable"))
    about = carried(MoveForm, body.view.private_metadata)
    job = await context.job_seen(body.where_opened(about.channel), body.user.id, about.job_id)
    view = await _view(context, await context.text(body.user.id), job, body.value)
    await context.outbox.call("views.update", view_id=body.view.id, hash=body.view.hash, view=view)


async def _view(context: Context, text: Text, job: Job, target: str | None) -> Block:
    services = context.services
    dataset = await context.dataset(job.dataset_id)
    report = Report.model_validate(dataset.report)
    offers = _offers(context, job, report)
    chosen = next((offer for offer in offers if target_of(offer) == target), offers[0])
    async with services.database.read() as connection:
        validation = await datasets.name_of(connection, job.validation_id or "")
        asked = await answers.asked_in(connection, job.team, job.channel, MONTH_DAYS)
    plan = move.plan(services.catalogue, job, report.method, chosen, validation or None)
    epochs = plan.hyperparameters.get("n_epochs")
    return move_form(
        text,
        job,
        plan,
        quote(report, chosen, epochs=epochs, questions=asked, today=clock.today()),
        title=context.titles[job.provider],
        file=dataset.name,
        offers=offers,
        left=time_left(services, job),
    )


def _offers(context: Context, job: Job, report: Report) -> list[Offer]:
    """Where the model can go, nearest first. Raises JobError where that is nowhere."""
    services = context.services
    if job.fine_tuned_model is None:
        raise JobError(say("move.no_model"))
    day = clock.today()
    offers = move.offers(services.catalogue, services.providers, job, report.method, day)
    if not offers:
        raise JobError(say("move.nowhere", provider=context.titles[job.provider]))
    return offers


async def _form(context: Context, body: SubmissionBody) -> dict[str, str]:
    about = carried(MoveForm, body.view.private_metadata)
    job = await context.job_at(body.where(about.channel), about.job_id)
    target = body.input(TARGET) or ""
    await _ask(context, job, body.user.id, target, request=body.view.id)
    return {}


async def _press_without(context: Context, body: ActionBody) -> None:
    """Move the model without the rows that were listed, once however often it is pressed."""
    job_id, _, target = body.value.partition(" ")
    job = await context.job_at(body.where, job_id)
    request = f"without:{body.container.message_ts}"
    await _ask(context, job, body.user.id, target, request=request, without=True)


async def _ask(
    context: Context, job: Job, user: str, target: str, *, request: str, without: bool = False
) -> None:
    """Have the model moved. Raises NotAllowedError."""
    person = await context.people.person(user)
    require(context.services.settings, person, Action.MOVE, job.created_by)
    provider, _, base_model = target.partition("/")
    asked = MoveRequest(
        channel=job.channel,
        thread=job.thread,
        user=user,
        job_id=job.id,
        provider=provider,
        base_model=base_model,
        request=request,
        without=without,
    )
    async with context.services.database.write() as connection:
        await move_model.add(connection, asked, of=request)


@kinds.task("move", MoveRequest, place=Place.CHECK, attempts=6)
async def move_model(context: Context, work: Work[MoveRequest]) -> None:
    """Check the file for the new provider, and start the job there."""
    asked = work.payload
    job = await context.job(asked.job_id)
    dataset = await context.dataset(job.dataset_id)
    text = await context.text_in(asked.ref)
    try:
        report = await _checked(context, dataset, asked)
        if asked.without and (lines := _to_leave_out(context, report, asked)):
            whole, dataset = dataset, await write_without(context, work, dataset, lines, asked.user)
            report = await _checked(context, dataset, asked)
            if report.valid or report.only_secrets:
                await _start(context, job, dataset, report, asked)
                await _tell_left_out(work, job, whole, dataset, lines)
                return
        elif report.valid or report.only_secrets:
            await _start(context, job, dataset, report, asked)
            return
        words, blocks = _refused(context, text, dataset, report, asked)
    except UserError as error:
        words, blocks = _failed(text, job, error.message)
    await context.outbox.post(work, work.task.key, asked.ref, words, blocks)


@move_model.when_given_up
async def _say_failed(context: Context, work: Work[MoveRequest], reason: Message) -> None:
    asked = work.payload
    text = await context.text_in(asked.ref)
    words, blocks = _failed(text, await context.job(asked.job_id), reason)
    await context.outbox.post(work, work.task.key, asked.ref, words, blocks)


async def _checked(context: Context, dataset: Dataset, asked: MoveRequest) -> Report:
    """What the new provider says to the file. Raises DatasetError where it is not kept any more."""
    services = context.services
    path = services.settings.files / dataset.sha256
    if not path.exists():
        raise DatasetError(say("job.file_gone"))
    selection = Selection(services.catalogue, provider=asked.provider, model=asked.base_model)
    return await inspect(services.processes, path, name=dataset.name, selection=selection)


def _to_leave_out(context: Context, report: Report, asked: MoveRequest) -> list[int]:
    return lines_to_leave_out(report, context.services.catalogue.providers[asked.provider])


async def _tell_left_out(
    work: Work[MoveRequest], job: Job, whole: Dataset, made: Dataset, lines: list[int]
) -> None:
    asked = work.payload
    told = LeftOut(
        channel=asked.channel,
        thread=asked.thread,
        user=asked.user,
        model=job.fine_tuned_model or job.id,
        provider=asked.provider,
        name=whole.name,
        lines=lines,
        dataset_id=made.id,
    )
    async with work.finish() as connection:
        await tell_left_out.add(connection, told, of=work.task.key, lane=asked.ref.attachments)


async def _start(
    context: Context, job: Job, dataset: Dataset, report: Report, asked: MoveRequest
) -> None:
    """Start the job, as the Start button does: consent and budget are asked there."""
    services = context.services
    person = await context.people.person(asked.user)
    require(services.settings, person, Action.MOVE, job.created_by)
    offers = _offers(context, job, report)
    chosen = next((o for o in offers if (o.name, o.entry.name) == _target(asked)), None)
    if chosen is None:
        raise JobError(say("move.nowhere", provider=context.titles[job.provider]))
    plan = move.plan(services.catalogue, job, report.method, chosen, None)
    await start(
        services,
        JobRequest(
            request_id=f"move:{asked.request}",
            dataset_id=dataset.id,
            validation_id=job.validation_id,
            provider=chosen.name,
            base_model=chosen.entry.name,
            hyperparameters=plan.hyperparameters,
            suffix=plan.suffix,
            person=person,
            seed=plan.seed,
            project=plan.project,
            grader=plan.grader,
            notify_channel=job.notify_channel,
            moved_from=job.id,
        ),
    )


def _target(asked: MoveRequest) -> tuple[str, str]:
    return asked.provider, asked.base_model


def _failed(text: Text, job: Job, reason: Message) -> tuple[str, list[Block]]:
    words = text("move.failed", model=job.fine_tuned_model, reason=reason)
    return words, [section(words), actions(button(text.plain("move.again"), MOVE, job.id))]


def _refused(
    context: Context, text: Text, dataset: Dataset, report: Report, asked: MoveRequest
) -> tuple[str, list[Block]]:
    """What the new provider refuses of the file, line by line, and the way to fix it."""
    wrong = [found for found in report.findings if found.severity is Severity.ERROR]
    words = text("move.refused", provider=context.titles[asked.provider], name=dataset.name)
    said = [
        text("move.refused_line", line=found.line, what=found.message)
        if found.line
        else text("move.refused_file", what=found.message)
        for found in wrong[:_MOST_LINES]
    ]
    if len(wrong) > _MOST_LINES:
        said.append(text("move.refused_more", count=len(wrong) - _MOST_LINES))
    buttons = [button(text.plain("move.again"), MOVE, asked.job_id)]
    if any(found.code in FIXABLE for found in wrong):
        buttons.insert(0, button(text.plain("dataset.report_fix"), FIX, dataset.id))
    if lines := _to_leave_out(context, report, asked):
        label = text.plain("move.without", count=len(lines))
        value = f"{asked.job_id} {asked.provider}/{asked.base_model}"
        buttons.insert(0, button(label, WITHOUT, value, style="primary"))
        said.append(text("move.without_hint", count=report.examples - len(lines)))
    return words, [section(words), section("\n".join(said)), actions(*buttons)]
