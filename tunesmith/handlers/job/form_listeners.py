"""Somebody opens the form that starts a job, chooses in it, and sends it."""

from dataclasses import replace

from tunesmith.bot.errors import SlackError
from tunesmith.bot.jobs import JobRequest, Person
from tunesmith.bot.jobs import start as start_job
from tunesmith.bot.jobs.budget import Payer, budgets_of, over_budget
from tunesmith.bot.jobs.graders import read_grader
from tunesmith.bot.jobs.limits import RefusedError
from tunesmith.bot.jobs.permissions import Action, can_be_approved, require
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.job import form_values as fields
from tunesmith.handlers.job.form import SUBMIT, choice_of, shown, start_form, takes_grader
from tunesmith.handlers.job.form_data import FormData, gather, value_of
from tunesmith.handlers.job.form_price import needed_of, short
from tunesmith.handlers.job.form_values import Filled
from tunesmith.handlers.job.like_jobs import like_jobs
from tunesmith.handlers.slack.channels import is_seen_by
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions, Outcome
from tunesmith.handlers.slack.payloads import ActionBody, SubmissionBody
from tunesmith.storage.datasets import Dataset
from tunesmith.storage.jobs import Job

_MOST_FORMS = 1_000


class Newest:
    """The newest choice in each form that is open, as far as this process heard of it.

    Choices may arrive at once, and be shown in any order: the newest one is what is to stay.
    """

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def note(self, view_id: str, at: float) -> None:
        """Something was chosen in a form at that time."""
        self._at[view_id] = max(at, self._at.pop(view_id, 0.0))
        if len(self._at) > _MOST_FORMS:
            del self._at[next(iter(self._at))]

    def is_it(self, view_id: str, at: float) -> bool:
        """Whether nothing newer was chosen in it."""
        return self._at.get(view_id, 0.0) <= at


def register(interactions: Interactions) -> None:
    """Listen to the form."""
    newest = Newest()

    async def change(context: Context, body: ActionBody) -> None:
        await _change(context, body, newest)

    for name in (fields.MODEL, fields.EPOCHS, fields.VALIDATION):
        interactions.action(name, change)
    interactions.form(SUBMIT, _submit)


async def open_form(
    context: Context, trigger_id: str, user: str, dataset: Dataset, like: Job | None = None
) -> None:
    """Show the form for a training file, with what was chosen for a job where it is to be `like`
    one. Raises JobError where it can't be trained on, NotAllowedError where this person may not
    start jobs.
    """
    person = await context.people.person(user)
    require(context.services.settings, person, Action.START)
    filled = {fields.VALIDATION: dataset.validation_id} if dataset.validation_id else {}
    if like is not None:
        filled |= fields.of_job(like, context.services.catalogue.providers[like.provider])
    data = await _data(context, dataset, filled, person)
    if like is not None and like.continued_from is not None:
        known = (choice_of(one) for one in data.tuned if one.model == like.continued_from)
        if choice := next(known, None):
            filled |= {fields.CONTINUE: choice}
        else:
            data = replace(data, gone=like.continued_from)
    view = start_form(await context.text(user), data, filled)
    await context.outbox.call("views.open", trigger_id=trigger_id, view=view)


async def _change(context: Context, body: ActionBody, newest: Newest) -> None:
    """Show what goes with what was chosen."""
    view, at = body.view, _seconds(body.actions[0].action_ts)
    if view is None:
        return
    newest.note(view.id, at)
    about, filled = fields.read(view)
    dataset = await context.dataset_at(body.where_opened(about.channel), about.dataset_id)
    person = await context.people.person(body.user.id)
    data = replace(await _data(context, dataset, filled, person), gone=about.gone)
    now = start_form(await context.text(body.user.id), data, filled)
    if not newest.is_it(view.id, at):
        return
    try:
        await context.outbox.call("views.update", view_id=view.id, hash=view.hash, view=now)
    except SlackError as refused:
        # An older choice was shown meanwhile, which this one takes the place of; a form that was
        # closed is not there any more.
        if refused.code != "hash_conflict" or not newest.is_it(view.id, at):
            return
        await context.outbox.call("views.update", view_id=view.id, view=now)


async def _submit(context: Context, body: SubmissionBody) -> Outcome:
    about, filled = fields.read(body.view)
    text = await context.text(body.user.id)
    person = await context.people.person(body.user.id)
    where = body.where(about.channel)
    dataset = await context.dataset_at(where, about.dataset_id)
    if validation := fields.validation_id(filled):
        await context.dataset_at(where, validation)
    data = replace(await _data(context, dataset, filled, person), gone=about.gone)
    if value_of(data.offer) != filled.get(fields.MODEL):
        return {fields.MODEL: text.plain("form.model_gone")}
    if about.shown is not None and about.shown != shown(data, filled):
        return start_form(text, data, filled, said=_changed(data, filled))
    if data.needs and data.needs.fits is False and (why := needed_of(data.needs)):
        return {fields.MODEL: text.plain(why)}
    notify = filled.get(fields.NOTIFY)
    if notify == dataset.channel:
        notify = None
    if notify and not await is_seen_by(context.outbox, notify, body.user.id):
        return {fields.NOTIFY: text.plain("form.notify_unseen")}
    try:
        asked = _request(body.view.id, data, filled, person)
        request = replace(
            asked, notify_channel=notify, continued_from=_continued_from(data, about, filled)
        )
        await start_job(context.services, request)
    except RefusedError as refused:
        return _errors(text.plain, data, refused)
    return {}


def _changed(data: FormData, filled: Filled) -> Message:
    """That the price is another one than what was shown."""
    price = short(data.quote(data.offer, filled))
    return say("form.changed", model=data.offer.entry.name, price=price)


def _errors(text: Text, data: FormData, refused: RefusedError) -> dict[str, str]:
    return {
        fields.block_of(choice, data.offer): text(why) for choice, why in refused.choices.items()
    }


async def _data(context: Context, dataset: Dataset, filled: Filled, person: Person) -> FormData:
    """What the form shows, with the jobs that train on the same file, and the budgets."""
    data = await gather(context, dataset, filled)
    price = data.quote(data.offer, filled).training_usd
    settings = context.services.settings
    async with context.services.database.read() as connection:
        payer = Payer(dataset.team, dataset.channel, person.id)
        against = await over_budget(connection, settings, payer, price)
        budgets = await budgets_of(connection, settings, payer)
    return replace(
        data,
        like=await like_jobs(context, dataset, person.id),
        against=against,
        can_be_approved=can_be_approved(settings, person),
        budgets=[budget for budget in budgets if budget.limit is not None],
    )


def _request(view_id: str, data: FormData, filled: Filled, person: Person) -> JobRequest:
    """What is asked for: of the fields only those that the base model takes.

    Raises RefusedError where the grader can't be read.
    """
    offer = data.offer
    provider, typed = offer.provider, filled.get(fields.GRADER)
    return JobRequest(
        request_id=view_id,
        dataset_id=data.dataset.id,
        validation_id=fields.validation_id(filled),
        split=filled.get(fields.VALIDATION) == fields.SPLIT,
        provider=offer.name,
        base_model=offer.entry.name,
        hyperparameters=fields.hyperparameters(provider, filled, data.report.method),
        suffix=filled.get(fields.SUFFIX) if provider.takes_suffix else None,
        person=person,
        seed=fields.whole(filled.get(fields.SEED)) if provider.takes_seed else None,
        project=filled.get(fields.PROJECT) if provider.takes_integrations else None,
        grader=read_grader(typed, data.fields) if typed and takes_grader(data) else None,
    )


def _continued_from(data: FormData, about: fields.StartForm, filled: Filled) -> str | None:
    """The tuned model that was chosen; one that is gone by what the form called it."""
    chosen = filled.get(fields.CONTINUE)
    if not chosen or fields.CONTINUE in about.kept:  # it was chosen for another base model
        return None
    return next((one.model for one in data.tuned if choice_of(one) == chosen), chosen)


def _seconds(action_ts: str) -> float:
    try:
        return float(action_ts)
    except ValueError:
        return 0.0
