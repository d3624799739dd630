"""An evaluation's card: what it costs, how far it is, what it came to."""

from collections.abc import Sequence

from tunesmith.bot.answers.evaluation.contestants import Contestant, contestants_of
from tunesmith.bot.answers.evaluation.summing import Column, Result
from tunesmith.bot.messages import Message, Text, from_stored, say
from tunesmith.handlers.evaluation.figures import figure_rows
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    image,
    section,
    table,
)
from tunesmith.storage.evaluation_values import Evaluation

START = "evaluation_start"
CANCEL = "evaluation_cancel"
LOOK = "evaluation_look"
EXPORT = "evaluation_export"
ALONE = "alone"
"""What stands behind the id in the value of the button that asks the measured model alone."""


def name_of(contestant: Contestant | Column) -> Message:
    """Who a contestant is, in a word."""
    return say(f"evaluation.who_{contestant.label}")


def _named(contestant: Contestant | Column) -> Message:
    """Who a contestant is, in a sentence."""
    return say(f"evaluation.the_{contestant.label}")


def offer_blocks(text: Text, evaluation: Evaluation, file: str) -> tuple[str, list[Block]]:
    """What an evaluation costs, and the buttons that start it."""
    found = contestants_of(evaluation)
    words = text(
        f"evaluation.offer_{evaluation.kind}",
        model=found[0].shown,
        rows=say("evaluation.rows", count=evaluation.rows),
        file=file,
        other=found[-1].shown,
    )
    asked = [each for each in found if each.is_asked]
    blocks = [section(words), _price_table(text, asked)]
    blocks += [context(_gone(text, each)) for each in found if each.gone]
    if evaluation.left_out:
        blocks.append(context(text("evaluation.left_out", count=evaluation.left_out)))
    blocks.append(context(text("evaluation.basis")))
    buttons = [
        button(
            text.plain("evaluation.start", price=_price(evaluation)),
            START,
            evaluation.id,
            style="primary",
        )
    ]
    if len(asked) > 1:
        label = text.plain("evaluation.start_alone", price=_usd(asked[0]))
        buttons.append(button(label, f"{START}_{ALONE}", f"{evaluation.id} {ALONE}"))
    return words, [*blocks, actions(*buttons)]


def progress_words(text: Text, evaluation: Evaluation, share: float) -> str:
    """How far an evaluation is."""
    model = contestants_of(evaluation)[0].shown
    rows = say("evaluation.rows", count=evaluation.rows)
    return text("evaluation.progress", model=model, share=share, rows=rows)


def waiting_words(text: Text, evaluation: Evaluation, reason: Message) -> str:
    """Why an evaluation does not go on just now."""
    model = contestants_of(evaluation)[0].shown
    return text("evaluation.waits", model=model, reason=reason)


def cancel_row(text: Text, evaluation: Evaluation) -> Block:
    """The button that ends an evaluation."""
    return actions(button(text.plain("evaluation.cancel"), CANCEL, evaluation.id, style="danger"))


def ended_words(text: Text, evaluation: Evaluation) -> str:
    """Why an evaluation has no result."""
    model = contestants_of(evaluation)[0].shown
    if evaluation.cancelled_by:
        return text("evaluation.cancelled", model=model, user=evaluation.cancelled_by)
    reason = from_stored(evaluation.error or "")
    return text("evaluation.failed", model=model, reason=reason)


def result_blocks(
    text: Text, evaluation: Evaluation, file: str, picture: str | None
) -> tuple[str, list[Block]]:
    """What an evaluation came to: the verdict, the figures, and the way on."""
    result = Result.model_validate(evaluation.summary)
    words = text(
        "evaluation.result_title",
        model=result.tuned.shown,
        rows=say("evaluation.rows", count=result.rows),
        file=file,
    )
    blocks = [section("\n".join([words, *verdict_lines(text, result)]))]
    notes = _notes(text, evaluation, result)
    names = [text.plain(name_of(column)) for column in result.columns if column.summary]
    rows = [[text.plain("evaluation.figure"), *names], *figure_rows(text, result)]
    blocks.append(table(rows, range(1, len(rows[0]))))
    if picture:
        _, alt = picture_keys(result)
        blocks.append(image(picture, text.plain(alt, model=result.tuned.shown)))
    blocks += [context(note) for note in notes]
    blocks.append(actions(*_ways_on(text, evaluation, result)))
    return words, blocks


def picture_keys(result: Result) -> tuple[str, str]:
    """The keys of the title of an evaluation's picture, and of the words in its place."""
    if result.knows_right:
        return "evaluation.picture_title", "evaluation.picture_alt"
    return "evaluation.picture_title_chrf", "evaluation.picture_alt_chrf"


def verdict_lines(text: Text, result: Result) -> list[str]:
    """Whether the measured model is better, in words: a difference counts only where its interval
    leaves no doubt.
    """
    lines = [measured(text, result)]
    for column in result.others:
        if column.versus is not None and column.label != "golden":
            key = f"evaluation.versus_{column.versus.result}"
            lines.append(_difference(text, key, column))
    bases = [each.versus for each in result.others if each.versus and each.label != "golden"]
    if any(each.result != "wins" for each in bases):
        lines.append(text("evaluation.does_not_win"))
    return lines + _replayed(text, result)


def measured(text: Text, result: Result) -> str:
    """The figure that decides: right answers, or for free text how like the expected ones."""
    tuned = result.tuned
    right = tuned.summary.right if tuned.summary else None
    chrf = tuned.summary.chrf if tuned.summary else None
    if right is not None:
        low, high = round(right.low, 2), round(right.high, 2)
        return text("evaluation.right", share=right.value, low=low, high=high)
    if chrf is not None:
        return text("evaluation.likeness", chrf=chrf.value, low=chrf.low, high=chrf.high)
    return text("evaluation.verdict_undecided")


def _replayed(text: Text, result: Result) -> list[str]:
    golden = next((each for each in result.others if each.label == "golden"), None)
    if golden is None or golden.versus is None:
        return []
    key = f"evaluation.replay_{golden.versus.result}"
    lines = [_difference(text, key, golden)]
    changes = {"lost": len(result.lost), "gained": len(result.gained), "same": result.same}
    return [*lines, text("evaluation.replay_changes", **changes)]


def _difference(text: Text, key: str, column: Column) -> str:
    versus = column.versus
    assert versus is not None
    unit = "evaluation.by_chrf" if versus.p is None else "evaluation.by_share"
    return text(
        key,
        who=_named(column),
        model=column.shown,
        by=say(unit, by=100 * abs(versus.difference)),
        low=100 * min(abs(versus.low), abs(versus.high)),
        high=100 * max(abs(versus.low), abs(versus.high)),
        down=100 * versus.low,
        up=say(unit, by=100 * versus.high),
    )


def _notes(text: Text, evaluation: Evaluation, result: Result) -> list[str]:
    notes: list[str] = []
    if result.was_trained:
        notes.append(text("evaluation.was_trained", count=result.was_trained))
    notes += [_gone(text, column) for column in result.columns if column.gone]
    if evaluation.usd:
        notes.append(text("evaluation.spent", usd=evaluation.usd))
    if evaluation.automatic:
        return [*notes, text("evaluation.how_recorded")]
    right = "evaluation.how_right" if result.knows_right else "evaluation.how_chrf"
    return [*notes, text("evaluation.how", user=evaluation.created_by), text(right)]


def _gone(text: Text, about: Contestant | Column) -> str:
    values = {"who": _named(about), "model": about.shown, "reason": about.gone}
    return text("evaluation.gone", **values)


def _ways_on(text: Text, evaluation: Evaluation, result: Result) -> list[Block]:
    left = len(result.disputed) - result.chosen
    found: list[Block] = []
    if left:
        label = text.plain("evaluation.look", count=left)
        found.append(button(label, LOOK, evaluation.id, style="primary"))
    found.append(button(text.plain("evaluation.export"), EXPORT, evaluation.id))
    return found


def _price_table(text: Text, asked: Sequence[Contestant]) -> Block:
    heading = [text.plain(f"evaluation.price_{name}") for name in ("who", "usd", "read", "written")]
    lines = [
        [
            text.plain("evaluation.price_line", who=name_of(each), model=each.shown),
            text.plain(_usd(each)),
            _count(text, each.input_tokens),
            _count(text, each.output_tokens),
        ]
        for each in asked
    ]
    return table([heading, *lines], (1, 2, 3))


def _count(text: Text, count: int | None) -> str:
    known = (
        say("evaluation.count", count=count) if count is not None else say("dataset.price_unknown")
    )
    return text.plain(known)


def _usd(contestant: Contestant) -> Message:
    if contestant.usd is None:
        return say("dataset.price_unknown")
    return say("dataset.price", usd=contestant.usd) if contestant.usd else say("dataset.price_free")


def _price(evaluation: Evaluation) -> Message:
    if evaluation.estimated_usd is None:
        return say("evaluation.price_not_known")
    if not evaluation.estimated_usd:
        return say("dataset.price_free")
    return say("dataset.price", usd=evaluation.estimated_usd)
