"""The report on a training file, on one screen; what was fixed in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tunesmith.bot.datasets import Finding, Report
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.fix import FixResult
from tunesmith.bot.datasets.rules import FIXED_BY_DEFAULT
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    code,
    context,
    fields,
    section,
    table,
)

START = "start_job"
FIX = "fix_file"
SPLIT = "split_file"

# One screen: costs stand below the findings of a valid file.
_MOST_KINDS, _MOST_KINDS_VALID = 5, 3
_MOST_LINES = 8
_MOST_COSTS = 6
_MOST_OVER = 3
_MOST_FIXES = 10
_ICONS = {
    Severity.ERROR: ":x:",
    Severity.WARNING: ":warning:",
    Severity.NOTE: ":information_source:",
}


@dataclass(frozen=True, slots=True)
class Budget:
    """A team's budget of the month and what is left of it, in USD.

    `costs` are those of the base models that it can be spent on, cheapest first.
    """

    usd: Decimal
    left: Decimal
    costs: Sequence[Cost]


@dataclass(frozen=True, slots=True)
class Copy:
    """The same file, attached before: by whom, and the link to its message."""

    user: str
    link: str


def report_blocks(
    text: Text,
    report: Report,
    dataset_id: str,
    *,
    titles: Mapping[str, str],
    copy: Copy | None,
    budget: Budget | None,
    can_split: bool,
    notices: Sequence[Message],
) -> list[Block]:
    """Verdict, five figures, top findings with their lines, costs, and the way on.

    `titles` are the providers' by name; `copy` is the same file where it was attached before;
    `budget` is None where the team has none; `can_split` offers to set a part of the file aside;
    `notices` are what is to be said of the dates of the connected providers' base models.
    """
    blocks = [section(_verdict(text, report))]
    if copy:
        blocks.append(context(text("dataset.report_copy", user=copy.user, link=copy.link)))
    blocks.append(fields(_figures(text, report)))
    if report.findings:
        blocks.append(section(_findings(text, report)))
    blocks += [context(text(notice)) for notice in notices]
    costs = report.costs[:_MOST_COSTS]
    if costs and report.valid:
        blocks += [_costs(text.plain, costs, titles), context(_basis(text, costs, titles))]
        if budget:
            blocks.append(context(_budget(text, budget)))
    buttons: list[Block] = []
    if report.valid:
        buttons.append(button(text("dataset.report_start"), START, dataset_id, style="primary"))
    if can_split:
        buttons.append(button(text("dataset.report_split"), SPLIT, dataset_id))
    if FIXED_BY_DEFAULT & report.counts.keys():
        buttons.append(button(text("dataset.report_fix"), FIX, dataset_id))
    if buttons:
        blocks.append(actions(*buttons))
    return blocks


def report_text(text: Text, report: Report) -> str:
    """The report in one plain sentence, for notifications and screen readers."""
    if not report.valid:
        return text("dataset.report_plain_invalid", name=report.name, count=_errors(report))
    return text(
        "dataset.report_plain_valid",
        name=report.name,
        examples=say("dataset.examples", count=report.examples),
        tokens=say("dataset.tokens", count=report.tokens.total),
    )


def fixed_text(text: Text, name: str, fixed: FixResult) -> str:
    """What was done to the file `name`, in one sentence."""
    if not fixed.counts:
        return text("dataset.fix_nothing", name=name)
    return text("dataset.fix_done", name=name, fixed=fixed.name)


def fixed_blocks(text: Text, name: str, fixed: FixResult) -> list[Block]:
    """The sentence, how often each defect was fixed, and the diff of the first changes."""
    blocks = [section(fixed_text(text, name, fixed))]
    if fixed.counts:
        kinds = list(fixed.counts.items())
        lines = [
            text("dataset.fix_count", what=say(f"finding.fixed.{kind}"), count=count)
            for kind, count in kinds[:_MOST_FIXES]
        ]
        if len(kinds) > _MOST_FIXES:
            lines.append(text("dataset.fix_more", count=len(kinds) - _MOST_FIXES))
        blocks.append(section("\n".join(lines)))
    if fixed.changes:
        blocks.append(code(fixed.diff()))
    return blocks


def _verdict(text: Text, report: Report) -> str:
    if report.valid:
        return text("dataset.report_valid", name=report.name)
    return text("dataset.report_invalid", name=report.name, count=_errors(report))


def _errors(report: Report) -> int:
    wrong = {finding.code for finding in report.findings if finding.severity is Severity.ERROR}
    return sum(report.counts[code] for code in wrong)


def _figures(text: Text, report: Report) -> list[str]:
    tokens = report.tokens
    return [
        text("dataset.report_format", value=report.format),
        text("dataset.report_examples", count=report.examples),
        text("dataset.report_tokens", total=tokens.total, assistant=tokens.assistant),
        text(
            "dataset.report_per_example",
            median=round(tokens.per_example.median),
            p95=round(tokens.per_example.p95),
        ),
        text("dataset.report_size", size=report.bytes),
    ]


def _findings(text: Text, report: Report) -> str:
    kinds: dict[str, list[Finding]] = {}
    for finding in report.findings:
        kinds.setdefault(finding.code, []).append(finding)
    ranked = sorted(
        kinds.values(),
        key=lambda found: (found[0].rank, -report.counts[found[0].code]),
    )
    most = _MOST_KINDS_VALID if report.valid else _MOST_KINDS
    lines = [text("dataset.report_findings")]
    lines += [_finding(text, found, report.counts[found[0].code]) for found in ranked[:most]]
    if len(ranked) > most:
        lines.append(text("dataset.report_findings_more", count=len(ranked) - most))
    return "\n".join(lines)


def _finding(text: Text, found: list[Finding], count: int) -> str:
    first = found[0]
    said = {"icon": _ICONS[first.severity], "message": first.message, "hint": first.hint}
    lines = sorted({finding.line for finding in found if finding.line is not None})
    if not lines:
        return text("dataset.report_finding_whole", **said)
    return text("dataset.report_finding", where=_lines(lines, count), **said)


def _lines(lines: list[int], count: int) -> Message:
    """Where a defect stands: its first lines, and how many more of the `count` there are."""
    more = count - min(len(lines), _MOST_LINES)
    shown = [say("dataset.line_number", line=line) for line in lines[:_MOST_LINES]]
    if more > 0 and len(lines) > _MOST_LINES:
        return say("dataset.report_lines_more", lines=shown, more=more)
    return say("dataset.report_lines", lines=shown, count=len(lines))


def _costs(text: Text, costs: Sequence[Cost], titles: Mapping[str, str]) -> Block:
    columns = ("model", "usd", "answers", "last_training", "shutdown")
    rows = [
        [
            f"{cost.model} · {titles[cost.provider]}",
            text(price(cost.usd)),
            text(_answers(cost)),
            text("dataset.day", day=cost.last_training_date) if cost.last_training_date else "",
            text("dataset.day", day=cost.shutdown_date) if cost.shutdown_date else "",
        ]
        for cost in costs
    ]
    heading = [text(f"dataset.report_cost_{column}") for column in columns]
    return table([heading, *rows], right=(1, 2))


def _answers(cost: Cost) -> Message:
    """What 1,000 answers cost, and the hours that the model is kept ready where they are billed."""
    answers = price(cost.answers_usd)
    if cost.hosting_usd_per_hour:
        return say("dataset.report_hosting", answers=answers, hour=cost.hosting_usd_per_hour)
    return answers


def _basis(text: Text, costs: Sequence[Cost], titles: Mapping[str, str]) -> str:
    chosen = {cost.provider: cost.epochs for cost in costs}
    epochs = [
        say("dataset.epochs_auto", provider=titles[name])
        if count is None
        else say("dataset.epochs", provider=titles[name], count=count)
        for name, count in chosen.items()
    ]
    return text("dataset.report_basis", epochs=epochs, as_of=min(cost.as_of for cost in costs))


def _budget(text: Text, budget: Budget) -> str:
    """What the cheapest base model takes of what is left, and which ones take too much."""
    said = [text("dataset.report_budget", left=budget.left, budget=budget.usd)]
    priced = [cost for cost in budget.costs if cost.usd is not None]
    over = [cost for cost in priced if cost.usd and cost.usd > budget.left]
    if priced and priced[0] not in over:
        cheapest = priced[0]
        said.append(
            text("dataset.report_budget_takes", model=cheapest.model, price=price(cheapest.usd))
        )
    if over:
        models = [
            say("dataset.model_price", model=cost.model, price=price(cost.usd))
            for cost in over[:_MOST_OVER]
        ]
        more = len(over) - _MOST_OVER
        key = "dataset.report_budget_over_more" if more > 0 else "dataset.report_budget_over"
        said.append(text(key, models=models, count=more))
    return " ".join(said)


def price(usd: Decimal | None) -> Message:
    """What something costs, in a word."""
    if usd is None:
        return say("dataset.price_unknown")
    return say("dataset.price", usd=usd) if usd else say("dataset.price_free")
