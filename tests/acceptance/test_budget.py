"""A team's budget of the month, in the report."""

from pathlib import Path

import pytest

from tests.support.slice import report_of, small_file
from tests.support.world import open_world, words

pytestmark = pytest.mark.acceptance

# The only model that the connected provider trains costs something.
_PRICED = """
[[providers.local.models]]
name = "tiny-1m-scratch"
train_usd = {usd}
"""


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        ("100", "Training on tiny-1m-scratch, the cheapest: $"),
        ("90000", "Over what is left: tiny-1m-scratch ($"),
    ],
)
async def test_the_report_says_what_training_takes_of_what_is_left(
    tmp_path: Path, usd: str, said: str
) -> None:
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(_PRICED.format(usd=usd))
    async with open_world(tmp_path, bot=False) as world:
        world.bot_settings |= {
            "TUNESMITH_CATALOGUE": str(catalogue),
            "TUNESMITH_MONTHLY_BUDGET_USD": "12.5",
        }
        await world.start_bot()
        alice = world.person()
        report = words(await report_of(alice, await alice.attach([small_file(tmp_path)], "")))
    assert "*Budget:* $12.50 of this month's $12.50 left." in report
    assert said in report
