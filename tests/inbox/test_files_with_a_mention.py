"""A mention is never answered with silence, whatever file comes with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bot import bolt_app, in_socket_mode, services_of
from tests.support.queues import running
from tests.support.waiting import eventually
from tests.workspace.conftest import Control
from tunesmith import handlers
from tunesmith.bot.processes import Processes
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database

TABLE = b"question,answer\nWhat is 1+1?,2\nWhat is 2+2?,4\n"
LINE = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'


@pytest.mark.databases("sqlite")
async def test_tables_are_checked_and_other_files_named_where_somebody_asks_about_them(
    tmp_path: Path, database: Database, processes: Processes, ws: Workspace, control: Control
) -> None:
    async def attach(name: str, content: bytes, text: str = "", channel: str = "C0TUNING") -> str:
        where = {"user": "U0ALICE", "channel": channel, "text": text}
        return (await control.attach({name: content}, **where))["ts"]

    def replies(ts: str) -> list[str]:
        told = [m for m in ws.state.messages if m.from_app and m.thread_ts == ts and m.metadata]
        return [str(m.blocks) for m in told]

    services = services_of(tmp_path, database, f"{ws.base_url}/api/")
    services = replace(services, processes=processes)
    async with bolt_app(services) as app:
        handlers.register(app, services)
        async with in_socket_mode(app, ws, services), running(services.queue):
            table = await attach("table.csv", TABLE, "@tunesmith is this any good?")
            paper = await attach("paper.pdf", b"%PDF-1.7", "@tunesmith what is in here?")
            direct = await attach("photo.png", b"\x89PNG", channel="D0ALICE")
            lines = await attach("train.jsonl", LINE * 12, "@tunesmith please")
            silent = await attach("numbers.csv", TABLE)
            for ts, said in (
                (table, "table.csv"),
                (paper, "paper.pdf"),
                (direct, "photo.png"),
                (lines, "train.jsonl"),
            ):
                await eventually(lambda ts=ts, said=said: said in str(replies(ts)))
    assert len(replies(lines)) == 1, "the message and the mention in it are one"
    assert "can't be read" in replies(paper)[0]
    assert "can't be read" in replies(direct)[0]
    assert replies(silent) == []
