"""What Slack shows of a job that waits for approval: words and buttons, on its card and at Home."""

from tunesmith.bot.jobs import approve, decline
from tunesmith.bot.jobs.permissions import Action, Person, approvers, require
from tunesmith.bot.messages import Message, Rendered, Text, from_stored, say
from tunesmith.bot.settings import Settings
from tunesmith.handlers.job.reader import Reader
from tunesmith.handlers.slack.blocks import Block, actions, button, context, header, plain, section
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.interactions import Interactions
from tunesmith.handlers.slack.payloads import ActionBody
from tunesmith.storage.jobs import Job, JobStatus

APPROVE = "approve_job"
DECLINE = "decline_job"


def register(interactions: Interactions) -> None:
    """Listen to the buttons."""
    interactions.action(APPROVE, _approve)
    interactions.action(DECLINE, _decline)


async def _approve(context: Context, body: ActionBody) -> None:
    await approve(context.services, *await _pressed(context, body))


async def _decline(context: Context, body: ActionBody) -> None:
    await decline(context.services, *await _pressed(context, body))


async def _pressed(context: Context, body: ActionBody) -> tuple[str, Person]:
    """Which job, and who pressed. Approvers may do it at Home, for a job of any channel."""
    person = await context.people.person(body.user.id)
    require(context.services.settings, person, Action.APPROVE)
    if body.channel is None:
        return (await context.job_in(body.team.id, body.value)).id, person
    return (await context.job_at(body.where, body.value)).id, person


def approval_blocks(text: Text, job: Job, settings: Settings, reader: Reader) -> list[Block]:
    """What stands on the card: why it waits, for whom, and the buttons for who may press them; then
    who approved it.
    """
    if job.approved_by:
        return [context(text("approval.approved_by", user=job.approved_by))]
    if job.status is not JobStatus.AWAITING_APPROVAL:
        return []
    buttons = [_buttons(text, job)] if reader.may(Action.APPROVE, job) else []
    return [section(text(_asks(job, settings))), *buttons]


def waiting_blocks(text: Text, waiting: list[tuple[Job, str]]) -> list[Block]:
    """What waits for an approver, each job with the name of its file; nothing where none does."""
    blocks = [header(text.plain("approval.home_title"))] if waiting else []
    for job, file in waiting:
        line = text(
            "approval.home_line",
            id=job.id,
            model=job.base_model,
            file=file,
            price=_price(job),
            user=job.created_by,
            channel=job.channel,
        )
        blocks += [section(line), _buttons(text, job)]
    return blocks


def _asks(job: Job, settings: Settings) -> Message:
    reason = from_stored(job.error or "")
    named = approvers(settings)
    if "everyone" in named:
        return say("approval.asks_anyone", reason=reason)
    if not settings.mention_approvers:
        return say("approval.asks_approver", reason=reason)
    return say("approval.asks", reason=reason, who=[_mention(name) for name in named])


def _mention(name: str) -> str:
    return Rendered(f"<!subteam^{name}>" if name.startswith("S") else f"<@{name}>")


def _buttons(text: Text, job: Job) -> Block:
    price = job.estimated_usd
    cost = "approval.cost_unknown" if price is None else "approval.cost"
    confirm = {
        "title": plain(text.plain("approval.title")),
        "text": plain(text.plain(cost, price=price)),
        "confirm": plain(text.plain("approval.yes")),
        "deny": plain(text.plain("approval.no")),
    }
    yes = button(text.plain("approval.approve"), APPROVE, job.id, style="primary", confirm=confirm)
    no = button(text.plain("approval.decline"), DECLINE, job.id)
    return {**actions(yes, no), "block_id": f"approval:{job.id}"}


def _price(job: Job) -> Message:
    if job.estimated_usd is None:
        return say("approval.price_unknown")
    return say("approval.price", usd=job.estimated_usd)
