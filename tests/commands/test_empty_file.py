"""A file without a byte in it is answered with what to do next."""

import pytest

from tests.commands.conftest import ALICE, MINJI, TUNING, WEI, Office

pytestmark = pytest.mark.databases("sqlite")


async def test_an_empty_file_is_answered_with_the_next_step_in_the_readers_language(
    office: Office,
) -> None:
    for user, words in ((ALICE, "attach it once more"), (MINJI, "다시 첨부"), (WEI, "重新上传")):
        sent = await office.control.attach({"a.jsonl": b""}, user=user, channel=TUNING, text="")

        async def told(thread: str = sent["ts"], words: str = words) -> bool:
            return any(words in said for said in await office.said(thread))

        await office.until(told)
