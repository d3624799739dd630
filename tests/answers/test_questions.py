"""A question reaches the model as it was typed."""

import pytest

from tests.answers.conftest import Shop
from tests.support.bot import bolt_app, in_socket_mode
from tests.support.queues import running
from tunesmith import handlers

_QUESTION = "Is 3 < 4 && <b>5</b> > 2?"


@pytest.mark.databases("sqlite")
async def test_signs_and_mentions_reach_the_model_as_they_were_typed(shop: Shop) -> None:
    services = shop.context.services
    async with bolt_app(services) as app:
        handlers.register(app, services)
        async with in_socket_mode(app, shop.workspace, services), running(services.queue):
            thread = await shop.begin(f"@tunesmith {_QUESTION} As @wei says: <b> & see #general")
            await shop.answers(thread)
            await shop.person.command(f"/ask {_QUESTION}")
            root = await shop.person.wait_for(
                "question", lambda m: "asks" in m["text"] or bool(m.get("bot_id"))
            )
            assert "3 &lt; 4 &amp;&amp; &lt;b&gt;" in str(root["blocks"])
            await shop.answers(root["ts"])
    assert shop.model.asked == [f"{_QUESTION} As @Li Wei says: <b> & see #general", _QUESTION]
