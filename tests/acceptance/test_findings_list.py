"""The complete list of findings, attached after the report."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.support.slice import content_of, files_of, report_of, small_file
from tests.support.waiting import until
from tests.support.world import World
from tunesmith.bot.cli.demo.person import Message

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="session")]


async def test_the_list_of_every_finding_is_attached_once_as_csv_and_json(
    shared_world: World, tmp_path: Path
) -> None:
    path = small_file(tmp_path, "listed.jsonl", examples=60)
    lines = path.read_text().splitlines()
    wrong = list(range(1, 60, 2))
    for number in wrong:
        lines[number] = '{"messages": []}'
    path.write_text("\n".join(lines) + "\n")
    alice = shared_world.person()
    thread = await alice.attach([path], "")
    await report_of(alice, thread)

    async def both() -> dict[str, Message] | None:
        files = files_of(await alice.messages(thread))
        return files if "listed.findings.json" in files else None

    files = await until(both, "the list")
    table = (await content_of(shared_world, files["listed.findings.csv"])).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    errors = sorted(int(row["line"]) for row in rows if row["severity"] == "error")
    assert errors == [number + 1 for number in wrong], "more than the report can show"
    document = json.loads(await content_of(shared_world, files["listed.findings.json"]))
    assert document["examples"] == 60
    assert len(document["findings"]) == len(rows)
    kept = shared_world.folder / "bot" / "files"

    async def none_left() -> bool:
        return not list(kept.glob("*.findings.jsonl"))

    await until(none_left, "nothing is kept of a list that was attached")
