"""Somebody starts a job: the Start button, its form, and what the form says back."""

import json
import math
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.errors import BudgetError, JobError
from tunesmith.bot.jobs import JobRequest
from tunesmith.bot.jobs import start as start_job
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.handlers.blocks.form import (
    EPOCHS,
    MODEL,
    MOST_SUFFIX,
    RATE,
    SUBMIT,
    SUFFIX,
    VALIDATION,
    start_form,
)
from tunesmith.handlers.blocks.report import START
from tunesmith.handlers.context import Context
from tunesmith.handlers.text import Text
from tunesmith.handlers.wire import ActionBody, SubmissionBody
from tunesmith.storage import datasets
from tunesmith.storage.datasets import Dataset


def register(context: Context, app: AsyncApp) -> None:
    """Listen to the button and the form."""

    async def on_button(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _button(context, ack, ActionBody.model_validate(body))

    async def on_form(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _form(context, ack, SubmissionBody.model_validate(body))

    app.action(START)(on_button)
    app.view(SUBMIT)(on_form)


async def open_form(context: Context, trigger_id: str, user: str, dataset_id: str) -> bool:
    """Show the form for a training file; False where no provider is connected."""
    text = await context.text(user)
    async with context.services.database.read() as connection:
        dataset = await datasets.get(connection, dataset_id)
        if dataset is None:
            return False
        others = await datasets.in_channel(connection, dataset.team, dataset.channel)
    report = Report.model_validate(dataset.report)
    costs = trainable(context, report)
    if not costs:
        return False
    providers = context.services.catalogue.providers
    view = start_form(
        text,
        report,
        dataset.id,
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
    )
    await context.outbox.call("views.open", trigger_id=trigger_id, view=view)
    return True


def trainable(context: Context, report: Report) -> list[Cost]:
    """The base models that a connected provider can train today, cheapest first."""
    today = datetime.now(UTC).date()
    providers = context.services.catalogue.providers
    return [
        cost
        for cost in report.costs
        if cost.provider in context.services.providers
        and (entry := providers[cost.provider].model(cost.model))
        and providers[cost.provider].can_train(entry, today)
    ]


async def tell(context: Context, body: ActionBody, words: str) -> None:
    """Say something to the one who pressed a button, and only to them."""
    await context.outbox.call(
        "chat.postEphemeral",
        channel=body.container.channel_id,
        user=body.user.id,
        thread_ts=body.container.thread_ts,
        text=words,
    )


def _can_validate(dataset: Dataset) -> bool:
    """Whether a file can serve for validation: it may be too short to train on."""
    findings = Report.model_validate(dataset.report).findings
    wrong = {finding.code for finding in findings if finding.severity is Severity.ERROR}
    return wrong <= {"too_few_examples"}


async def _button(context: Context, ack: AsyncAck, body: ActionBody) -> None:
    if not await open_form(context, body.trigger_id, body.user.id, body.value):
        text = await context.text(body.user.id)
        await tell(context, body, text("job.form_no_provider"))
    await ack()


async def _form(context: Context, ack: AsyncAck, body: SubmissionBody) -> None:
    text = await context.text(body.user.id)
    name, _, model = (body.input(MODEL) or "").partition("/")
    provider = context.services.catalogue.providers[name]
    errors = _check(text, body, provider)
    if errors:
        await ack(response_action="errors", errors=errors)
        return
    epochs, rate = body.input(EPOCHS), body.input(RATE)
    request = JobRequest(
        request_id=body.view.id,
        dataset_id=json.loads(body.view.private_metadata)["dataset_id"],
        validation_id=body.input(VALIDATION),
        provider=name,
        base_model=model,
        hyperparameters=provider.hyperparameters(
            int(epochs) if epochs else None, float(rate) if rate else None
        ),
        suffix=body.input(SUFFIX),
        user=body.user.id,
    )
    try:
        await start_job(context.services, request)
    except (JobError, BudgetError) as error:
        reason = await context.reason(body.user.id, str(error))
        await ack(response_action="errors", errors={MODEL: reason})
        return
    await ack()


def _check(text: Text, body: SubmissionBody, provider: Provider) -> dict[str, str]:
    errors: dict[str, str] = {}
    epochs = body.input(EPOCHS)
    if epochs and not (epochs.isdecimal() and 1 <= int(epochs) <= provider.max_epochs):
        errors[EPOCHS] = text("job.form_bad_epochs", most=provider.max_epochs)
    rate = body.input(RATE)
    if rate and not provider.learning_rate_is_absolute and not _is_between(rate, math.inf):
        errors[RATE] = text("job.form_bad_rate")
    if rate and provider.learning_rate_is_absolute and not _is_between(rate, 1):
        errors[RATE] = text("job.form_bad_learning_rate", provider=provider.title)
    suffix = body.input(SUFFIX)
    if suffix and not _is_suffix(suffix):
        errors[SUFFIX] = text("job.form_bad_suffix")
    return errors


def _is_between(number: str, end: float) -> bool:
    try:
        return 0 < float(number) < end
    except ValueError:
        return False


def _is_suffix(suffix: str) -> bool:
    return len(suffix) <= MOST_SUFFIX and all(
        letter.isascii() and (letter.isalnum() or letter in "-_. ") for letter in suffix
    )
