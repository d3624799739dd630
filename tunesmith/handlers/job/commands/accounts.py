"""`/tune log` and `/tune budget`: who did what, and what is left of the month's money.

Only who asks reads the reply. Task kind: `log` (attaches a channel's log to it, as CSV).
"""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from tunesmith.bot.answers.evaluation.start import ACTION as EVALUATE
from tunesmith.bot.jobs.approval import ASK_APPROVAL
from tunesmith.bot.jobs.budget import Budget, Payer, budgets_of
from tunesmith.bot.jobs.permissions import Action, is_named, require_colleague
from tunesmith.bot.messages import Message, Rendered, Text, say
from tunesmith.bot.queue import Place, Work
from tunesmith.bot.spreadsheets import inert
from tunesmith.handlers.dataset.tasks.deleted import ACTION as DELETE_FILE
from tunesmith.handlers.job.commands.subcommand import Asked, page_buttons, run_button
from tunesmith.handlers.slack.blocks import actions, section
from tunesmith.handlers.slack.blocks import context as small
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import InThread, kinds
from tunesmith.handlers.slack.replies import Reply, plain_reply
from tunesmith.handlers.slack.uploads import upload
from tunesmith.storage import audit, clock, jobs
from tunesmith.storage.audit import Entry

_PAGE = 12
_MOST_ROWS = 10_000
_BAR = 20
_EXPORT = "csv"
_COLUMNS = ("time", "channel", "person", "action", "subject", "details")
_KNOWN = frozenset(
    {
        *Action,
        *(DELETE_FILE, EVALUATE, "decline", "use", "default_provider", "default_model"),
        "deployment",
        *("correct", "withdraw", ASK_APPROVAL),
        *("succeeded", "failed", "cancelled"),
    }
)


class Export(InThread):
    """Which log: of a channel, or of one job in it."""

    team: str
    job_id: str | None = None


async def log(asked: Asked) -> Reply:
    """Show who did what where the asker is, newest first; approvers see all of it."""
    person = await asked.context.people.person(asked.ref.user)
    require_colleague(person)
    asked, number = asked.paged()
    asked = replace(asked, rest=asked.rest.replace("`", ""))
    words = asked.rest.split()
    if _EXPORT in words:
        return await _export(asked, next((word for word in words if word != _EXPORT), None))
    sees_all = is_named(asked.context.services.settings, person, Action.APPROVE)
    channels = {asked.ref.channel, *await asked.context.sight.channels(person.id)}
    async with asked.context.services.database.read() as connection:
        found = await audit.page(
            connection,
            asked.team,
            person=None if sees_all else person.id,
            channels=channels,
            subject=asked.rest or None,
            skip=(number - 1) * _PAGE,
            most=_PAGE + 1,
        )
    if not found:
        key = "log.none_of" if asked.rest else "log.none"
        return plain_reply(asked.text(key, subject=asked.rest))
    lines = [_line(asked.text, entry) for entry in found[:_PAGE]]
    said = f"log {asked.rest}".strip()
    turns = page_buttons(asked.text, said, number, more=len(found) > _PAGE)
    button = run_button(asked.text("log.export"), f"{said} {_EXPORT}", name="_export")
    title = asked.text("log.title")
    note = small(asked.text("log.seen_all" if sees_all else "log.seen"))
    return title, [section(title), section("\n".join(lines)), *turns, actions(button), note]


async def budget(asked: Asked) -> Reply:
    """Show what is spent, reserved and left this month: of the team, the channel, the person."""
    await asked.context.people.require_colleague(asked.ref.user)
    payer = Payer(asked.team, asked.ref.channel, asked.ref.user)
    services = asked.context.services
    async with services.database.read() as connection:
        found = await budgets_of(connection, services.settings, payer)
    title = asked.text("budget.title")
    shown = [section(_account(asked.text, each)) for each in found]
    return title, [section(title), *shown, small(asked.text("budget.basis"))]


def _line(text: Text, entry: Entry) -> str:
    usd = entry.details.get("usd")
    return text(
        "log.line_usd" if usd else "log.line",
        at=round(entry.created_at),
        day=datetime.fromtimestamp(entry.created_at, UTC).date(),
        who=_who(entry),
        did=say(f"log.did_{entry.action}") if entry.action in _KNOWN else entry.action,
        subject=entry.subject,
        channel=Rendered(f"<#{entry.channel}>" if entry.channel else "–"),
        usd=usd,
    )


def _who(entry: Entry) -> Message | Rendered:
    if entry.person:
        return Rendered(f"<@{entry.person}>")
    return say("log.slack" if entry.action == DELETE_FILE else "log.provider")


def _account(text: Text, each: Budget) -> str:
    figures = {"spent": each.spent, "reserved": each.reserved}
    name = say(f"budget.of_{each.scope}")
    if each.limit is None:
        return text("budget.unlimited", name=name, **figures)
    share = min(Decimal(1), (each.spent + each.reserved) / each.limit) if each.limit else 1
    full = round(share * _BAR)
    bar = Rendered("█" * full + "░" * (_BAR - full))
    return text(
        "budget.limited",
        name=name,
        bar=bar,
        share=share,
        left=each.left,
        limit=each.limit,
        **figures,
    )


async def _export(asked: Asked, job_id: str | None) -> Reply:
    """Have the log of this channel attached to it: everybody there may see all of that."""
    thread = asked.ref.ts
    async with asked.context.services.database.write() as connection:
        job = await jobs.get(connection, job_id) if job_id else None
        if job and (job.team, job.channel) == (asked.team, asked.ref.channel):
            thread = job.thread
        about = Export(
            channel=asked.ref.channel,
            thread=thread,
            user=asked.ref.user,
            team=asked.team,
            job_id=job_id,
        )
        stamp = await clock.read(connection)
        await attach_log.add(connection, about, of=f"{asked.ref.channel}:{job_id}:{stamp:.3f}")
    return plain_reply(asked.text("log.exporting"))


@kinds.task("log", Export, place=Place.ATTACH)
async def attach_log(context: Context, work: Work[Export]) -> None:
    """Attach a channel's log, newest first, as CSV."""
    about = work.payload
    async with context.services.database.read() as connection:
        found = await audit.page(
            connection, about.team, channel=about.channel, subject=about.job_id, most=_MOST_ROWS
        )
    title = (await context.text_in(about.ref)).plain("log.file")
    content = as_csv(found).encode("utf-8-sig")
    name = f"log-{work.task.id}.csv"
    await upload(context, work, about.ref, name=name, content=content, title=title)


def as_csv(entries: list[Entry]) -> str:
    """The rows of a log, with times in UTC."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for entry in entries:
        time = datetime.fromtimestamp(entry.created_at, UTC).isoformat(timespec="seconds")
        known = {key: value for key, value in entry.details.items() if value is not None}
        details = "; ".join(f"{key}: {value}" for key, value in known.items())
        cells = (time, entry.channel, entry.person, entry.action, entry.subject, details)
        rows.writerow([inert(cell or "") for cell in cells])
    return out.getvalue()
