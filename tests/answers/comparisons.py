"""People who compare models: what they press and what they read."""

import asyncio
from typing import Any

from sqlalchemy import select

from tests.answers.conftest import ALICE, CHANNEL, Messages, Shop
from tests.support.waiting import PATIENCE
from tunesmith.bot.answers.comparison.standing import Standing
from tunesmith.handlers.comparison.card import standing_of
from tunesmith.handlers.comparison.tallies import Tally, tally_in
from tunesmith.storage.tables import comparisons

BEN = "U0BEN"
QUESTION = "When do you open?"


async def newest(shop: Shop) -> Standing:
    """The newest comparison."""
    async with shop.context.services.database.read() as connection:
        statement = select(comparisons.c.id).order_by(comparisons.c.created_at.desc())
        found = (await connection.execute(statement)).scalars().first()
    assert found is not None
    return await standing_of(shop.context, found)


async def message(shop: Shop, words: str, thread: str | None = None) -> dict[str, Any]:
    """Wait for a message of the bot's that says something."""

    def saying(found: Messages) -> Messages:
        return [one for one in found if words in str(one["blocks"])]

    return saying(await shop.until(thread, saying, 60))[-1]


async def press(
    shop: Shop, on: dict[str, Any], action: str, user: str = ALICE, value: str | None = None
) -> dict[str, Any]:
    """Press a button of a message; what the control says."""
    body = {"user": user, "channel": CHANNEL, "message_ts": on["ts"], "action_id": action}
    url = f"{shop.person.url}/control/actions"
    async with shop.person.session.post(url, json=body | {"value": value}) as response:
        said: dict[str, Any] = await response.json()
    return said


async def whispered(
    shop: Shop, words: str, user: str = ALICE, thread: str | None = None
) -> dict[str, Any]:
    """Wait for a message that only this person sees."""
    params = {"channel": CHANNEL, "user": user} | ({"thread_ts": thread} if thread else {})
    async with asyncio.timeout(PATIENCE):
        while True:
            url = f"{shop.person.url}/control/messages"
            async with shop.person.session.get(url, params=params) as response:
                found: Messages = (await response.json())["messages"]
            own = [one for one in found if one.get("is_ephemeral") and words in str(one)]
            if own:
                return own[-1]
            await asyncio.sleep(0.05)


async def tally(shop: Shop) -> Tally:
    """What the votes of the channel came to."""
    return await tally_in(shop.context, "T0LOCAL", [CHANNEL])


def letter_of(standing: Standing, model: str) -> str:
    """The letter under which a model's answer stands."""
    return next("ABCD"[each.place] for each in standing.entries if each.shown == model)
