"""A file that can't be read for longer is spoken of, in the message that its answer takes over."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.bot import bolt_app, in_socket_mode, services_of
from tests.support.queues import fail_longer, running
from tests.support.waiting import eventually
from tests.workspace.conftest import Control
from tunesmith import handlers
from tunesmith.bot.processes import Processes
from tunesmith.local.workspace.faults import Fault
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database

LINE = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("train.jsonl", LINE * 12, "12"),
        ("shop.sql", b"CREATE TABLE orders (id int primary key, total int);", "orders"),
    ],
)
async def test_whoever_attached_a_file_is_told_that_it_waits_and_then_its_answer_there(
    tmp_path: Path,
    database: Database,
    processes: Processes,
    ws: Workspace,
    control: Control,
    name: str,
    content: bytes,
    answer: str,
) -> None:
    def replies() -> list[str]:
        told = [m for m in ws.state.messages if m.from_app and m.metadata]
        return [f"{m.text} {m.blocks}" for m in told]

    services = replace(services_of(tmp_path, database, f"{ws.base_url}/api/"), processes=processes)
    ws.faults.add(Fault.model_validate({"method": "url_private", "kind": "status", "times": 1_000}))
    async with bolt_app(services) as app:
        handlers.register(app, services)
        async with in_socket_mode(app, ws, services), running(services.queue):
            await control.attach({name: content}, user="U0ALICE", channel="C0TUNING")
            await fail_longer(database, 61)
            await eventually(lambda: "tried again by itself" in str(replies()))
            [waits] = replies()
            assert name in waits
            ws.faults.clear()
            await fail_longer(database, 61)
            await eventually(lambda: answer in str(replies()) and "by itself" not in str(replies()))
    assert len(replies()) == 1
