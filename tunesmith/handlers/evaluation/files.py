"""What is attached to an evaluation: the picture, all rows, and configurations for other tools.

Task kinds: `evaluation.files` (attaches the rows, and has the card show the picture) and
`evaluation.export` (attaches the configurations, when somebody asks for them).
"""

from collections.abc import Sequence
from functools import partial

from tunesmith.bot.answers.evaluation.contestants import Contestant, contestants_of
from tunesmith.bot.answers.evaluation.preparing import messages_of
from tunesmith.bot.answers.evaluation.rows import KnownRow
from tunesmith.bot.answers.evaluation.summing import Result
from tunesmith.bot.answers.metrics.exports.archive import configurations
from tunesmith.bot.answers.metrics.exports.row import ExportedAnswer, ExportedRow
from tunesmith.bot.answers.metrics.exports.table import rows_csv
from tunesmith.bot.answers.metrics.exports.target import Target
from tunesmith.bot.answers.metrics.picture import Group, draw
from tunesmith.bot.answers.metrics.score import Score
from tunesmith.bot.answers.metrics.summary import Figure
from tunesmith.bot.answers.model import from_ref
from tunesmith.bot.answers.prompt import Trained
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.errors import SlackError
from tunesmith.bot.messages import Text, say
from tunesmith.bot.queue import Place, Work
from tunesmith.bot.services import Services
from tunesmith.handlers.evaluation.blocks import name_of, picture_keys
from tunesmith.handlers.evaluation.card import (
    OfEvaluation,
    evaluation_of,
    picture_key,
    tell_of,
    thread_of,
)
from tunesmith.handlers.slack.context import Context
from tunesmith.handlers.slack.kinds import kinds
from tunesmith.handlers.slack.uploads import keep, upload
from tunesmith.storage import evaluations
from tunesmith.storage.evaluation_values import Evaluation

_OPENAI_URL = "https://api.openai.com/v1"


@kinds.task("evaluation.files", OfEvaluation, place=Place.ATTACH)
async def attach(context: Context, work: Work[OfEvaluation]) -> None:
    """Attach all rows as a table, and have the card show the picture."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    ref = thread_of(evaluation)
    text = (await context.text_in(ref)).plain
    shown = contestants_of(evaluation)[0].shown
    rows = await _rows(context.services, evaluation, text)
    table = await context.services.processes.run(partial(rows_csv, rows))
    title = text("evaluation.rows_title", model=shown)
    await upload(
        context, work, ref, name=f"evaluation-{evaluation.id}.csv", content=table, title=title
    )
    if await _draw(context, work, evaluation, text):
        async with work.finish() as connection:
            await tell_of(connection, evaluation)


async def _draw(
    context: Context, work: Work[OfEvaluation], evaluation: Evaluation, text: Text
) -> bool:
    """Have Slack keep the picture. False where there is none, or Slack takes none."""
    result = Result.model_validate(evaluation.summary)
    groups = _groups(text, result)
    if not groups:
        return False
    title, alt = (text(key, model=result.tuned.shown) for key in picture_keys(result))
    names = [text(name_of(column)) for column in result.columns if column.summary]
    unit = "%" if result.knows_right else ""
    made = partial(draw, title, names, groups, unit=unit)
    picture = await context.services.processes.run(made)
    try:
        await keep(
            context.outbox,
            work,
            picture_key(evaluation.id),
            thread_of(evaluation),
            name=f"evaluation-{evaluation.id}.png",
            content=picture,
            title=title,
            alt=alt,
        )
    except SlackError:
        return False
    return True


def _groups(text: Text, result: Result) -> list[Group]:
    """Right answers of all rows, and of each kind of question where there are several; of free
    text how like the expected answers they are.
    """
    found = [column.summary for column in result.columns if column.summary]
    if not result.knows_right:
        chrf = [_of_one(summary.chrf) for summary in found]
        return [Group(text("evaluation.figure_chrf"), chrf)] if any(chrf) else []
    intents = sorted({intent for summary in found for intent in summary.intents})
    groups = [Group(text("evaluation.picture_all"), [summary.right for summary in found])]
    if len(intents) > 1:
        groups += [
            Group(
                text(f"evaluation.intent_{intent}"),
                [summary.intents.get(intent) for summary in found],
            )
            for intent in intents
        ]
    return groups


def _of_one(figure: Figure | None) -> Figure | None:
    """A figure that goes from 0 to 100, from 0 to 1."""
    if figure is None:
        return None
    parts = {name: getattr(figure, name) / 100 for name in ("value", "low", "high")}
    return figure.model_copy(update=parts)


@kinds.task("evaluation.export", OfEvaluation, place=Place.ATTACH)
async def export(context: Context, work: Work[OfEvaluation]) -> None:
    """Attach the evaluation as configurations of promptfoo and Inspect."""
    evaluation = await evaluation_of(context, work.payload.evaluation_id)
    ref = thread_of(evaluation)
    text = (await context.text_in(ref)).plain
    contestants = contestants_of(evaluation)
    rows = await _rows(context.services, evaluation, text)
    targets = await _targets(context.services, contestants)
    title = text("evaluation.export_title", model=contestants[0].shown)
    files = await context.services.processes.run(partial(configurations, rows, targets, title))
    name = f"evaluation-{evaluation.id}.zip"
    await upload(context, work, ref, name=name, content=files, title=title)


async def _targets(services: Services, contestants: Sequence[Contestant]) -> list[Target]:
    """The models that are asked; keys are read from the environment."""
    found: dict[str, Target] = {}
    for each in contestants:
        model = await from_ref(services, each.ref) if each.is_asked else None
        if model is None:
            continue
        settings = services.settings.providers.get(model.provider)
        row = services.catalogue.providers[model.provider]
        url = (settings.base_url if settings else None) or row.base_url or _OPENAI_URL
        variable = f"{model.provider.upper()}_API_KEY"
        found.setdefault(model.name, Target(model.name, model.shown, url, variable))
    return list(found.values())


async def _rows(services: Services, evaluation: Evaluation, text: Text) -> list[ExportedRow]:
    """All rows with their answers, and the system prompt that the measured model is asked with."""
    async with services.database.read() as connection:
        rows = await evaluations.rows_of(connection, evaluation.id)
        answers = await evaluations.answers_of(connection, evaluation.id)
    contestants = contestants_of(evaluation)
    measured = await from_ref(services, contestants[0].ref) if contestants[0].ref else None
    about = await trained(services, measured) if measured else Trained()
    names = {
        each.label: text(say("evaluation.price_line", who=name_of(each), model=each.shown))
        for each in contestants
    }
    by_row: dict[int, dict[str, ExportedAnswer]] = {row.number: {} for row in rows}
    for answer in answers:
        score = Score.model_validate(answer.score) if answer.score else None
        by_row[answer.number][names[answer.contestant]] = ExportedAnswer(answer.text, score)
    known = {row.number: KnownRow.model_validate(row.row) for row in rows}
    return [
        ExportedRow(row.line, messages_of(about, row), row.gold, by_row[number], row.tools)
        for number, row in known.items()
    ]
