"""The card that asks a channel whether to train again on its corrections."""

from decimal import Decimal

from pydantic import BaseModel

from tunesmith.bot.answers.corrections.retraining import Way
from tunesmith.bot.messages import Message, StoredMessage, Text, say
from tunesmith.handlers.slack.blocks import Block, actions, button, context, section

TRAIN = "train_on_corrections"


class Offered(BaseModel):
    """One way to train again: `added` examples behind `rows` old ones, for `usd` (None: unknown).

    `refused` is why the provider would not take it; `left` is as in `Written`.
    """

    way: Way
    rows: int
    added: int
    left: int = 0
    usd: Decimal | None = None
    refused: StoredMessage | None = None


class Press(BaseModel):
    """What the button carries: what is trained again and for how much."""

    dataset_id: str
    job_id: str
    way: Way
    usd: Decimal | None


class Card(BaseModel):
    """What the card says: `count` corrections of answers of `model` wait; `provider` is its title.

    `continues` tells that training goes on from that model. `reason` is why nothing can be trained.
    """

    dataset_id: str
    job_id: str
    file: str
    model: str
    provider: str | StoredMessage
    count: int
    continues: bool
    offered: list[Offered] = []
    reason: StoredMessage | None = None


def card_text(text: Text, card: Card) -> str:
    """The card in one sentence."""
    return text("correction.card", count=card.count, model=card.model)


def card_blocks(text: Text, card: Card) -> list[Block]:
    """The card, with a button for each way that there is."""
    said = [card_text(text, card)]
    if card.reason:
        said.append(text("correction.cannot", reason=card.reason))
    open_ways = [one for one in card.offered if one.refused is None]
    said += [text(_way(card, one)) for one in open_ways]
    said += [text(_refused(one, one.refused)) for one in card.offered if one.refused]
    presses = [_button(text, card, one) for one in open_ways]
    left = sum(one.left for one in card.offered if one.way == "rows")
    notes = [text("correction.left", count=left)] if left else []
    notes.append(text("correction.kept", file=card.file))
    row = [actions(*presses)] if presses else []
    return [section("\n".join(said)), *row, context("\n".join(notes))]


def _way(card: Card, one: Offered) -> Message:
    if one.way == "pairs":
        return say("correction.way_pairs", pairs=_pairs(one), model=card.model)
    key = "correction.way_rows_on" if card.continues else "correction.way_rows"
    return say(key, rows=one.rows, added=one.added, file=card.file, model=card.model)


def _refused(one: Offered, reason: Message) -> Message:
    return say(f"correction.refused_{one.way}", reason=reason, pairs=_pairs(one))


def _pairs(one: Offered) -> Message:
    return say("correction.pairs", count=one.added)


def _button(text: Text, card: Card, one: Offered) -> Block:
    press = Press(dataset_id=card.dataset_id, job_id=card.job_id, way=one.way, usd=one.usd)
    price = say("correction.unknown_price")
    if one.usd is not None:
        price = say("correction.price", usd=one.usd)
    label = text.plain(f"correction.train_{one.way}", price=price)
    style = "primary" if one.way == "rows" else None
    return button(label, f"{TRAIN}_{one.way}", press.model_dump_json(), style=style)
