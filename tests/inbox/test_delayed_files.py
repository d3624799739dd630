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
from tunesmith.handlers.dataset.tasks.check import Attached, check_files
from tunesmith.handlers.slack.payloads import SlackFile
from tunesmith.handlers.slack.thread import ThreadRef
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


@pytest.mark.databases("sqlite")
async def test_a_file_that_may_not_be_for_the_bot_is_not_spoken_of(
    tmp_path: Path, database: Database, ws: Workspace, control: Control
) -> None:
    services = services_of(tmp_path, database, f"{ws.base_url}/api/")
    ws.faults.add(Fault.model_validate({"method": "files.info", "kind": "status", "times": 1_000}))
    async with bolt_app(services) as app:
        handlers.register(app, services)
        async with in_socket_mode(app, ws, services), running(services.queue):
            sent = await control.attach({"a.png": b"PNG"}, user="U0ALICE", channel="C0TUNING")
            ref = ThreadRef("C0TUNING", sent["ts"], "U0ALICE")
            attached = Attached("1.1", "T0LOCAL", ref, [SlackFile(id="F0CONNECT")])
            async with database.write() as connection:
                await check_files(connection, attached)
            await fail_longer(database, 61)
            await eventually(lambda: ws.faults.waiting()[0].times == 1_000 - 2)
            await fail_longer(database, 61)  # waits for the end of the second try
    assert not [message for message in ws.state.messages if message.from_app]
