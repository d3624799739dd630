"""Somebody compares models, votes, and sees or shows whose answers they were."""

import re
import uuid

from tunesmith.bot.answers.comparison import standing as standings
from tunesmith.bot.answers.comparison.asking import (
    ComparisonRequest,
    begin,
    counted_as,
    request,
)
from tunesmith.bot.answers.comparison.standing import LETTERS
from tunesmith.bot.answers.model import AskedModel, from_ref, tuned_model
from tunesmith.bot.errors import UserError
from tunesmith.bot.messages import say
from tunesmith.handlers.comparison.blocks import AGREE, SEE, SHOW, TIE, VOTE, seen_blocks
from tunesmith.handlers.comparison.button import COMPARE, pressed
from tunesmith.handlers.comparison.card import OfComparison, card_of, standing_of, tell_of
from tunesmith.handlers.comparison.choosing import alike, choices, completed
from tunesmith.handlers.comparison.form import MODELS, QUESTION, SUBMIT, CompareForm, compare_form
from tunesmith.handlers.comparison.tasks import Voted, ask_all, prepare, tell_voter
from tunesmith.handlers.slack.channels import is_here
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody, CommandBody, SubmissionBody, carried
from tunesmith.handlers.slack.replies import Reply, Screen
from tunesmith.handlers.slack.thread import ThreadRef, Where
from tunesmith.storage import answers


def register(interactions: Interactions) -> None:
    """Listen to the buttons and the form."""
    interactions.action(COMPARE, _open)
    interactions.form(SUBMIT, _submit)
    interactions.action(AGREE, _agree)
    for letter in (*LETTERS, TIE):
        interactions.action(f"{VOTE}_{letter}", _vote)
    interactions.in_place(re.compile(f"^{SEE}$"), _see)
    interactions.action(SHOW, _show)


async def begin_comparison(context: Context, wanted: ComparisonRequest, source: str) -> None:
    """Write a comparison that somebody may ask for; `source` names what was typed or pressed.

    Raises UserError.
    """
    async with context.services.database.write() as connection:
        made = await request(context.services, connection, wanted, source)
        await prepare.add(connection, OfComparison(comparison_id=made.id), of=made.id)


async def open_from_command(context: Context, body: CommandBody) -> None:
    """Open the form for `/tune compare` alone. Raises UserError."""
    ref = ThreadRef(body.channel_id, None, body.user_id)
    await _show_form(context, body.trigger_id, body.team_id, ref)


async def _open(context: Context, body: ActionBody) -> None:
    """Open the form for the model of an answer, with its question, or for that of a job."""
    key, job_id = pressed(body.value)
    user, place = body.user.id, body.container
    here = None if place.is_ephemeral else place.thread_ts or place.message_ts
    if key is not None:
        async with context.services.database.read() as connection:
            found = await answers.get(connection, key)
        if found is None or body.where != Where(found.team or "", found.channel or ""):
            raise UserError(say("common.control_unreadable"))
        first = await from_ref(context.services, found.model_ref) if found.model_ref else None
        ref, question = ThreadRef(body.where.channel, here, user), found.question or ""
    else:
        job = await context.job_seen(body.where, user, job_id or "")
        first, question = tuned_model(context.services, job), ""
        ref = ThreadRef(job.channel, here or job.thread, user)
    await _show_form(context, body.trigger_id, body.team.id, ref, first=first, question=question)


async def _show_form(
    context: Context,
    trigger_id: str,
    team: str,
    ref: ThreadRef,
    *,
    first: AskedModel | None = None,
    question: str = "",
) -> None:
    await context.people.require_colleague(ref.user)
    if not await is_here(context.outbox, ref.channel):
        raise UserError(say("answer.invite"))
    text = await context.text(ref.user)
    offered = await choices(context, team, ref.channel, ref.user)
    chosen = await completed(context, team, ref, [first] if first else [])
    about = CompareForm(channel=ref.channel, thread=ref.ts)
    view = compare_form(context, text, about, models=offered, chosen=chosen, question=question)
    await context.outbox.call("views.open", trigger_id=trigger_id, view=view)


async def _submit(context: Context, body: SubmissionBody) -> dict[str, str]:
    about = carried(CompareForm, body.view.private_metadata)
    await context.people.require_colleague(body.user.id)
    team = body.where(about.channel).team
    offered = await choices(context, team, about.channel, body.user.id)
    by_name = {counted_as(model): model for model in offered}
    ticked = body.view.state.choices(MODELS)
    if any(name not in by_name for name in ticked):
        return {MODELS: (await context.text(body.user.id)).plain("answer.model_gone")}
    wanted = ComparisonRequest(
        team=team,
        channel=about.channel,
        thread=about.thread,
        person=body.user.id,
        question=body.input(QUESTION) or "",
        models=alike([by_name[name] for name in ticked]),
    )
    await begin_comparison(context, wanted, body.view.id)
    return {}


async def _agree(context: Context, body: ActionBody) -> None:
    """Let the models be asked, whose price was told."""
    await _check_here(context, body, body.value)
    async with context.services.database.write() as connection:
        if await begin(context.services, connection, body.value):
            await ask_all(connection, body.value)
            await tell_of(connection, body.value)


async def _vote(context: Context, body: ActionBody) -> None:
    comparison_id, _, letter = body.value.partition(" ")
    await _check_here(context, body, comparison_id)
    if letter != TIE and (len(letter) != 1 or letter not in LETTERS):
        raise UserError(say("common.control_unreadable"))
    place = None if letter == TIE else LETTERS.index(letter)
    user = body.user.id
    screen = Screen(response_url=body.response_url, replaces=False, thread=body.container.thread_ts)
    async with context.services.database.write() as connection:
        await standings.vote(connection, comparison_id, user, place)
        voted = Voted(comparison_id=comparison_id, user=user, screen=screen)
        await tell_voter.add(connection, voted, of=f"{comparison_id}:{uuid.uuid4().hex}")
        await tell_of(connection, comparison_id)


async def _see(context: Context, body: ActionBody, _screen: Screen) -> Reply:
    """Show somebody who has voted the names, and nobody else."""
    await _check_here(context, body, body.value)
    async with context.services.database.write() as connection:
        await standings.see(connection, body.value, body.user.id)
    text = await context.text(body.user.id)
    found = await standing_of(context, body.value)
    return seen_blocks(text, await card_of(context, text, found))


async def _show(context: Context, body: ActionBody) -> None:
    """Show everybody the names."""
    await _check_here(context, body, body.value)
    async with context.services.database.write() as connection:
        await standings.show(connection, body.value, body.user.id)
        await tell_of(connection, body.value)


async def _check_here(context: Context, body: ActionBody, comparison_id: str) -> None:
    """Raise UserError for a guest, and for a comparison of another channel."""
    await context.people.require_colleague(body.user.id)
    known = (await standing_of(context, comparison_id)).comparison
    if body.where != Where(known.team, known.channel):
        raise UserError(say("comparison.not_known"))
