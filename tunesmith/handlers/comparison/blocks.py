"""What Slack sees of a comparison: pure builders.

Until the names are shown nothing in a message tells who answered what: no name, cost or time, and
no reason why there is no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tunesmith.bot.answers.comparison.standing import LETTERS, Standing
from tunesmith.bot.messages import Message, Rendered, Text, from_stored
from tunesmith.handlers.answer.shown import ENDINGS, MOST, is_too_long, shown, with_calls
from tunesmith.handlers.answer.under import took
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    markdown,
    section,
)
from tunesmith.handlers.slack.mrkdwn import escape, shorten
from tunesmith.storage.answers import Answer
from tunesmith.storage.comparisons import Entry

AGREE = "comparison_agree"
VOTE = "comparison_vote"
SEE = "comparison_see"
SHOW = "comparison_show"
TIE = "tie"
"""What stands in the place of a letter where no answer is the best."""

_MOST_HEADING = 2_500


@dataclass(frozen=True, slots=True)
class Card:
    """A comparison and what is said around it: who `asked`, the `names` of the models by place,
    what their data says of each answer (`checks`), and what all votes came to so far (`tally`).
    """

    standing: Standing
    asked: str
    names: Sequence[Message]
    sql: bool = False
    checks: Mapping[int, list[Block]] | None = None
    tally: Sequence[str] = ()

    @property
    def each(self) -> int:
        """How many characters of each answer the message has room for."""
        return MOST // max(1, len(self.standing.answers))

    def said(self, answer: Answer) -> str:
        """What a model answered, with its tool calls."""
        return with_calls(answer.text, answer.tool_calls or [])

    def is_too_long(self, answer: Answer) -> bool:
        """Whether the message can't hold all of an answer."""
        return is_too_long(self.said(answer), sql=self.sql, most=self.each)


def file_of(comparison_id: str, place: int) -> str:
    """The name of the file with all of a long answer."""
    return f"comparison-{comparison_id}-{LETTERS[place]}.md"


def offer_blocks(text: Text, card: Card) -> tuple[str, list[Block]]:
    """What a comparison costs, and the button that lets the models be asked."""
    words, heading = _heading(text, card)
    known = card.standing.comparison
    about = {"usd": known.estimated_usd, "count": known.longest_answer}
    press = button(text.plain("comparison.agree", usd=known.estimated_usd), AGREE, known.id)
    return words, [heading, section(text("comparison.price", **about)), actions(press)]


def waiting_blocks(text: Text, card: Card) -> tuple[str, list[Block]]:
    """How many answers have come."""
    words, heading = _heading(text, card)
    ended, count = card.standing.ended, len(card.standing.entries)
    return words, [heading, context(text("comparison.waiting", ended=ended, count=count))]


def vote_blocks(text: Text, card: Card) -> tuple[str, list[Block]]:
    """The answers without names, and the buttons to vote."""
    words, heading = _heading(text, card)
    found = card.standing
    blocks = [heading]
    for entry in found.entries:
        blocks += _answer(text, card, entry, [section(text("comparison.letter", **_letter(entry)))])
    row = [
        button(
            text.plain("comparison.best", **_letter(entry)),
            f"{VOTE}_{LETTERS[entry.place]}",
            f"{found.comparison.id} {LETTERS[entry.place]}",
        )
        for entry in found.entries
        if entry.place in found.answers
    ]
    tie = button(text.plain("comparison.tie"), f"{VOTE}_{TIE}", f"{found.comparison.id} {TIE}")
    count = len(found.votes)
    voted = text("comparison.voted", count=count) if count else text("comparison.voted_none")
    show = button(text.plain("comparison.show"), SHOW, found.comparison.id)
    return words, [
        *blocks,
        actions(*row, tie),
        context(f"{voted}\n{text('comparison.how')}"),
        actions(show),
    ]


def result_blocks(text: Text, card: Card) -> tuple[str, list[Block]]:
    """The answers with names, cost, time and votes, and what all votes came to so far."""
    words, heading = _heading(text, card)
    found = card.standing
    blocks = [heading]
    for entry, name in zip(found.entries, card.names, strict=True):
        title = text("comparison.named", model=name, **_letter(entry))
        answer = found.answers.get(entry.place)
        votes = sum(vote.place == entry.place for vote in found.votes)
        if found.votes and answer is not None:
            title += text("comparison.got", count=votes)
        blocks += _answer(text, card, entry, [section(title)], name)
    lines: list[str] = []
    if not found.is_comparable:
        lines.append(text("comparison.nothing_to_vote_on"))
    elif found.votes:
        ties = sum(vote.place is None for vote in found.votes)
        lines += [text("comparison.voted_tie", count=ties)] if ties else []
    else:
        lines.append(text("comparison.nobody_voted"))
    if card.tally:
        lines += [text("comparison.so_far"), *card.tally]
    if lines:
        blocks.append(section("\n".join(lines)))
    if found.comparison.shown_by:
        blocks.append(context(text("comparison.shown_by", user=found.comparison.shown_by)))
    return words, blocks


def voted_blocks(text: Text, standing: Standing, person: str) -> tuple[str, list[Block]]:
    """What somebody has voted, and the button that shows them the names."""
    vote = standing.vote_of(person)
    assert vote is not None
    if vote.place is None:
        words = text("comparison.you_tie")
    else:
        words = text("comparison.you_best", letter=LETTERS[vote.place])
    press = button(text.plain("comparison.see"), SEE, standing.comparison.id, style="primary")
    return words, [section(words), actions(press)]


def seen_blocks(text: Text, card: Card) -> tuple[str, list[Block]]:
    """The names, costs and times, for somebody who has voted."""
    words = text("comparison.seen", question=_quoted(card))
    blocks = [section(words)]
    for entry, name in zip(card.standing.entries, card.names, strict=True):
        blocks.append(section(text("comparison.named", model=name, **_letter(entry))))
        blocks.append(_under(text, card, entry))
    return words, blocks


def _letter(entry: Entry) -> dict[str, str]:
    return {"letter": LETTERS[entry.place]}


def _heading(text: Text, card: Card) -> tuple[str, Block]:
    count = len(card.standing.entries)
    words = text("comparison.root", name=card.asked, count=count, question=_quoted(card))
    return words, section(words)


def _quoted(card: Card) -> Rendered:
    question = escape(shorten(card.standing.comparison.question, _MOST_HEADING))
    return Rendered(question.replace("\n", "\n>"))


def _answer(
    text: Text, card: Card, entry: Entry, title: list[Block], name: Message | None = None
) -> list[Block]:
    """An answer under its title; with its `name`, also what it took, or why there is none."""
    answer = card.standing.answers.get(entry.place)
    if answer is None:
        under = [_under(text, card, entry)] if name else []
        return [*title, *(under or [context(text("comparison.no_answer"))])]
    written = shown(card.said(answer), sql=card.sql, most=card.each)
    blocks = [*title, markdown(written or text("answer.nothing"))]
    if card.is_too_long(answer):
        file = file_of(card.standing.comparison.id, entry.place)
        blocks.append(context(text("answer.continued", file=file)))
    blocks += (card.checks or {}).get(entry.place, [])
    if answer.finish_reason in ENDINGS:
        blocks.append(context(text(ENDINGS[answer.finish_reason])))
    return [*blocks, _under(text, card, entry)] if name else blocks


def _under(text: Text, card: Card, entry: Entry) -> Block:
    """What an answer took, or why there is none."""
    answer = card.standing.answers.get(entry.place)
    if answer is None:
        reason = from_stored(entry.failed or "")
        return context(text("comparison.failed", reason=reason))
    return context(" · ".join(took(text, answer)))
