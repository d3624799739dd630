"""Slack takes files more slowly than messages: nobody's report waits for them."""

import pytest

from tests.commands.conftest import ALICE, TUNING, Office
from tests.support.slice import chat_line

pytestmark = pytest.mark.databases("sqlite")


async def test_a_file_that_slack_is_slow_to_take_holds_up_no_report_of_its_channel(
    office: Office,
) -> None:
    slow = {"method": "files.getUploadURLExternal", "kind": "slow", "seconds": 300, "times": 9}
    await office.control.post("faults", **slow)
    tables = {"shop.sql": b"CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER);"}
    schema = await office.control.attach(tables, user=ALICE, channel=TUNING, text="")
    await office.until(lambda: office.said(schema["ts"]))
    lines = "\n".join(chat_line(f"Tea {number}?", f"{number}!") for number in range(12))
    tea = {"tea.jsonl": lines.encode()}
    file = await office.control.attach(tea, user=ALICE, channel=TUNING, text="")
    [report, *_] = await office.until(lambda: office.said(file["ts"]))
    assert "tea.jsonl" in report
