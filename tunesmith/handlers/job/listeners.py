"""Somebody starts a job with the Start button and its form, or steers jobs with `/tune`."""

import math

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.errors import JobError, UserError
from tunesmith.bot.jobs import JobRequest, request_cancel
from tunesmith.bot.jobs import start as start_job
from tunesmith.bot.jobs.limits import RefusedError
from tunesmith.bot.jobs.permissions import Action, require
from tunesmith.bot.messages import say
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.handlers.dataset.blocks import START
from tunesmith.handlers.job import commands
from tunesmith.handlers.job.base_models import notices, trainable, why_none
from tunesmith.handlers.job.blocks import CANCEL
from tunesmith.handlers.job.form import (
    EPOCHS,
    MODEL,
    RATE,
    SUBMIT,
    SUFFIX,
    VALIDATION,
    StartForm,
    start_form,
)
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, CommandBody, SubmissionBody, carried
from tunesmith.handlers.slack.replies import Reply, Screen
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset

COMMAND = "/tune"


def register(interactions: Interactions) -> None:
    """Listen to the command, the buttons and the form."""
    interactions.command(COMMAND, _command)
    interactions.action(START, _start)
    interactions.form(SUBMIT, _form)
    interactions.action(CANCEL, _cancel)
    commands.register(interactions)


async def _command(context: Context, body: CommandBody) -> Reply | None:
    if body.text.strip().lower() == "start":
        dataset = await commands.newest_dataset(context, body.team_id, body.channel_id)
        if dataset is not None:
            await _open_form(context, body.trigger_id, body.user_id, dataset)
            return None
    ref = ThreadRef(body.channel_id, None, body.user_id)
    screen = Screen(response_url=body.response_url, replaces=False)
    source = body.trigger_id
    return await commands.run(context, body.team_id, ref, body.text, screen, source=source)


async def _start(context: Context, body: ActionBody) -> None:
    dataset = await context.dataset_at(body.where, body.value)
    await _open_form(context, body.trigger_id, body.user.id, dataset)


async def _cancel(context: Context, body: ActionBody) -> None:
    job = await context.job_at(body.where, body.value)
    person = await context.people.person(body.user.id)
    await request_cancel(context.services, job.id, person)


async def _open_form(context: Context, trigger_id: str, user: str, dataset: Dataset) -> None:
    """Show the form for a training file. Raises JobError where it can't be trained on,
    NotAllowedError where this person may not start jobs.
    """
    person = await context.people.person(user)
    require(context.services.settings, person, Action.START)
    text = await context.text(user)
    async with context.services.database.read() as connection:
        others = await datasets.in_channel(connection, dataset.team, dataset.channel)
    report = Report.model_validate(dataset.report)
    costs = trainable(context.services, report)
    if not costs:
        raise JobError(why_none(context.services, report))
    providers = context.services.catalogue.providers
    view = start_form(
        text,
        report,
        StartForm(dataset_id=dataset.id, channel=dataset.channel),
        costs=costs,
        titles=context.titles,
        others=[
            (other.id, other.name)
            for other in others
            if other.sha256 != dataset.sha256 and _can_validate(other)
        ],
        aside=dataset.validation_id,
        most_epochs=max(providers[cost.provider].max_epochs for cost in costs),
        absolute_rates=sorted(
            {
                providers[cost.provider].title
                for cost in costs
                if providers[cost.provider].learning_rate_is_absolute
            }
        ),
        notices=notices(context.services),
    )
    await context.outbox.call("views.open", trigger_id=trigger_id, view=view)


def _can_validate(dataset: Dataset) -> bool:
    """Whether a file can serve for validation: it may be too short to train on."""
    findings = Report.model_validate(dataset.report).findings
    wrong = {finding.code for finding in findings if finding.severity is Severity.ERROR}
    return wrong <= {"too_few_examples"}


async def _form(context: Context, body: SubmissionBody) -> dict[str, str]:
    text = (await context.text(body.user.id)).plain
    name, _, model = (body.input(MODEL) or "").partition("/")
    provider = _provider(context, name, model)
    about = carried(StartForm, body.view.private_metadata)
    where = body.where(about.channel)
    dataset = await context.dataset_at(where, about.dataset_id)
    validation = body.input(VALIDATION)
    if validation is not None:
        await context.dataset_at(where, validation)
    epochs, rate = body.input(EPOCHS), body.input(RATE)
    request = JobRequest(
        request_id=body.view.id,
        dataset_id=dataset.id,
        validation_id=validation,
        provider=name,
        base_model=model,
        hyperparameters=provider.hyperparameters(
            _whole(epochs) if epochs else None, _number(rate) if rate else None
        ),
        suffix=body.input(SUFFIX),
        person=await context.people.person(body.user.id),
    )
    try:
        await start_job(context.services, request)
    except RefusedError as refused:
        return {choice: text(said) for choice, said in refused.choices.items()}
    return {}


def _provider(context: Context, name: str, model: str) -> Provider:
    """Who trains that base model. Raises UserError where the form does not offer it."""
    provider = context.services.catalogue.providers.get(name)
    if provider is None or provider.model(model) is None or name not in context.services.providers:
        raise UserError(say("common.control_unreadable"))
    return provider


def _whole(typed: str) -> int:
    """What was typed; -1, which is outside every range, where that is no whole number."""
    return int(typed) if typed.isdecimal() else -1


def _number(typed: str) -> float:
    """What was typed; not a number, which is outside every range, where that is none."""
    try:
        return float(typed)
    except ValueError:
        return math.nan
