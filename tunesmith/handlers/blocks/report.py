"""The report on a training file: one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tunesmith.bot.datasets import Finding, Report
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import FIXABLE
from tunesmith.handlers.blocks.parts import (
    Block,
    actions,
    button,
    context,
    fields,
    number,
    section,
    size,
    table,
    usd,
)
from tunesmith.handlers.text import Text, escape

START = "start_job"
MEND = "mend_file"
SPLIT = "split_file"

# One screen: costs stand below the findings of a valid file.
_MOST_KINDS, _MOST_KINDS_VALID = 5, 3
_MOST_LINES = 8
_MOST_COSTS = 6
_MOST_OVER = 3
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


def report_blocks(
    text: Text,
    report: Report,
    dataset_id: str,
    *,
    titles: Mapping[str, str],
    twin: tuple[str, str] | None,
    budget: Budget | None,
    can_split: bool,
) -> list[Block]:
    """Verdict, five figures, top findings with their lines, costs, and the way on.

    `titles` are the providers' by name; `twin` is who attached the same file before, and the
    link to it; `budget` is None where the team has none; `can_split` offers to set
    a part of the file aside.
    """
    name = escape(report.name)
    blocks = [section(_verdict(text, report, name))]
    if twin:
        blocks.append(context(text("dataset.report_twin", user=twin[0], link=twin[1])))
    blocks.append(fields(_figures(text, report)))
    if report.findings:
        blocks.append(section(_findings(text, report)))
    costs = report.costs[:_MOST_COSTS]
    if costs and report.valid:
        blocks += [_costs(text, costs, titles), context(_basis(text, costs, titles))]
        if budget:
            blocks.append(context(_budget(text, budget)))
    buttons: list[Block] = []
    if report.valid:
        buttons.append(button(text("dataset.report_start"), START, dataset_id, style="primary"))
    if can_split:
        buttons.append(button(text("dataset.report_split"), SPLIT, dataset_id))
    if FIXABLE & report.counts.keys():
        buttons.append(button(text("dataset.report_mend"), MEND, dataset_id))
    if buttons:
        blocks.append(actions(*buttons))
    return blocks


def report_text(text: Text, report: Report) -> str:
    """The report in one plain sentence, for notifications and screen readers."""
    name = escape(report.name)
    if not report.valid:
        return text("dataset.report_plain_invalid", name=name, errors=_errors(text, report))
    return text(
        "dataset.report_plain_valid",
        name=name,
        examples=number(report.examples),
        tokens=number(report.tokens.total),
    )


def _verdict(text: Text, report: Report, name: str) -> str:
    if report.valid:
        return text("dataset.report_valid", name=name)
    return text("dataset.report_invalid", name=name, errors=_errors(text, report))


def _errors(text: Text, report: Report) -> str:
    wrong = {finding.code for finding in report.findings if finding.severity is Severity.ERROR}
    count = sum(report.counts[code] for code in wrong)
    return text("dataset.report_errors", count=count)


def _figures(text: Text, report: Report) -> list[str]:
    tokens = report.tokens
    return [
        text("dataset.report_format", value=report.format),
        text("dataset.report_examples", value=number(report.examples)),
        text(
            "dataset.report_tokens", total=number(tokens.total), assistant=number(tokens.assistant)
        ),
        text(
            "dataset.report_per_example",
            median=number(round(tokens.per_example.median)),
            p95=number(round(tokens.per_example.p95)),
        ),
        text("dataset.report_size", value=size(report.bytes)),
    ]


def _findings(text: Text, report: Report) -> str:
    kinds: dict[str, list[Finding]] = {}
    for finding in report.findings:
        kinds.setdefault(finding.code, []).append(finding)
    ranked = sorted(
        kinds.values(),
        key=lambda found: (list(_ICONS).index(found[0].severity), -report.counts[found[0].code]),
    )
    most = _MOST_KINDS_VALID if report.valid else _MOST_KINDS
    lines = [text("dataset.report_findings")]
    lines += [_finding(text, found, report.counts[found[0].code]) for found in ranked[:most]]
    if len(ranked) > most:
        lines.append(text("dataset.report_findings_more", count=len(ranked) - most))
    return "\n".join(lines)


def _finding(text: Text, found: list[Finding], count: int) -> str:
    first = found[0]
    said = {
        "icon": _ICONS[first.severity],
        "message": escape(text(first.message)),
        "hint": escape(text(first.hint)),
    }
    numbers = sorted({finding.line for finding in found if finding.line is not None})
    if not numbers:
        return text("dataset.report_finding_whole", **said)
    lines = ", ".join(number(line) for line in numbers[:_MOST_LINES])
    more = count - min(len(numbers), _MOST_LINES)
    if more > 0 and len(numbers) > _MOST_LINES:
        lines = text("dataset.report_lines_more", lines=lines, more=number(more))
    where = text(
        "dataset.report_line" if len(numbers) == 1 else "dataset.report_lines", lines=lines
    )
    return text("dataset.report_finding", where=where, **said)


def _costs(text: Text, costs: Sequence[Cost], titles: Mapping[str, str]) -> Block:
    heading = [
        text(f"dataset.report_cost_{column}") for column in ("model", "usd", "answers", "until")
    ]
    rows = [
        [
            f"{cost.model} · {titles[cost.provider]}",
            cost_text(text, cost),
            _answers(text, cost),
            str(cost.shutdown_date or ""),
        ]
        for cost in costs
    ]
    return table([heading, *rows], right=(1, 2))


def _answers(text: Text, cost: Cost) -> str:
    """What 1,000 answers cost, and the hours that the model is kept ready where they are billed."""
    answers = _money(text, cost.answers_usd)
    if cost.hosting_usd_per_hour:
        return text("dataset.report_hosting", answers=answers, hour=usd(cost.hosting_usd_per_hour))
    return answers


def _basis(text: Text, costs: Sequence[Cost], titles: Mapping[str, str]) -> str:
    chosen = {
        titles[cost.provider]: text("dataset.report_auto")
        if cost.epochs is None
        else number(cost.epochs)
        for cost in costs
    }
    epochs = ", ".join(f"{title} {count}" for title, count in chosen.items())
    return text("dataset.report_basis", epochs=epochs, as_of=min(cost.as_of for cost in costs))


def _budget(text: Text, budget: Budget) -> str:
    """What the cheapest base model takes of what is left, and which ones take too much."""
    said = [text("dataset.report_budget", left=usd(budget.left), budget=usd(budget.usd))]
    priced = [cost for cost in budget.costs if cost.usd is not None]
    over = [cost for cost in priced if cost.usd and cost.usd > budget.left]
    if priced and priced[0] not in over:
        said.append(
            text(
                "dataset.report_budget_takes", model=priced[0].model, usd=cost_text(text, priced[0])
            )
        )
    if over:
        models = ", ".join(f"{cost.model} ({cost_text(text, cost)})" for cost in over[:_MOST_OVER])
        if len(over) > _MOST_OVER:
            models = text("dataset.report_budget_more", models=models, count=len(over) - _MOST_OVER)
        said.append(text("dataset.report_budget_over", models=models))
    return " ".join(said)


def cost_text(text: Text, cost: Cost) -> str:
    """What training costs, in a word."""
    return _money(text, cost.usd)


def _money(text: Text, amount: Decimal | None) -> str:
    if amount is None:
        return text("dataset.report_unknown")
    return f"${usd(amount)}" if amount else text("dataset.report_free")
