"""How soon does a thread get its answer? Attached files beside the plain function call.

The workspace, the trainer and the bot run as processes of their own, as in the demo. Files are
attached over the wire one after the other, each with fresh content: training files of 30 KB and
of 5 MB, and DDL dumps of 76 tables with their rows. The time counts from before the file is sent
until the message with the verdict and its button stands in the thread, as the workspace's live
stream tells. The next file waits until the thread has its picture too, and goes to another channel:
Slack takes one message a second in each. In turns with it, the same file is read by a function call
in this process: `inspect_sync` for training files, `parse_file` and `summarise` for DDL.
"""

# ruff: noqa: E402
import sys

# This folder comes first on the path, and its inspect.py would be taken for Python's own.
del sys.path[0]

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from tunesmith.bot.cli.demo.person import Person
from tunesmith.bot.cli.demo.processes import running
from tunesmith.bot.datasets.inspection import inspect_sync
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.ddl import parse_file, summarise
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue

ROOT = Path(__file__).parents[1]
ALICE = "U0ALICE"
CHANNELS = ("C0TUNING", "C0GENERAL", "C0RANDOM", "D0ALICE")
SECONDS = 60
SMALL, LARGE = 30_000, 5_000_000
TABLES, COLUMNS, ROWS = 76, 9, 22  # with comments, about 400 kB: what an exported shop has

_KOREAN = ["주문", "고객", "상품", "배송", "결제", "환불", "재고", "회원", "매장", "질문", "답변"]
_CHINESE = ["订单", "客户", "商品", "配送", "付款", "退款", "库存", "会员", "门店", "问题", "回答"]
_TYPES = (
    ("varchar(100) CHARACTER SET utf8 COLLATE utf8_general_ci", "'文本'"),
    ("int(11)", "7"),
    ("decimal(10, 2)", "19.90"),
    ("datetime", "'2026-11-01 12:30:00'"),
)


class Files:
    """Fresh files of each kind; the same ones in every run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._random = random.Random(11)
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = ("".join(self._random.choices(letters, k=k % 8 + 2)) for k in range(4_000))
        self._words = [*words, *_KOREAN * 20, *_CHINESE * 20]

    def small(self, number: int) -> Path:
        """A training file of 30 KB."""
        return self._examples(f"small-{number}.jsonl", SMALL)

    def large(self, number: int) -> Path:
        """A training file of 5 MB."""
        return self._examples(f"large-{number}.jsonl", LARGE)

    def ddl(self, number: int) -> Path:
        """A MySQL dump of 76 tables, with comments, keys and rows."""
        path = self._folder / f"shop-{number}.sql"
        path.write_text("".join(self._table(table, number) for table in range(TABLES)))
        return path

    def _examples(self, name: str, size: int) -> Path:
        path = self._folder / name
        written = 0
        with path.open("wb") as file:
            while written < size:
                question, answer = self._text(20), self._text(60)
                messages = [
                    {"role": "user", "content": question},
                    {"role": "assistant", "content": answer},
                ]
                line = json.dumps({"messages": messages}, ensure_ascii=False)
                written += file.write(f"{line}\n".encode())
        return path

    def _table(self, table: int, number: int) -> str:
        columns = [
            f"`{self._name()}_{column}` {_TYPES[column % len(_TYPES)][0]} NULL DEFAULT NULL "
            f"COMMENT '{self._comment()}'"
            for column in range(COLUMNS - 2)
        ]
        columns.insert(0, "`id` bigint(20) NOT NULL AUTO_INCREMENT")
        columns.append(f"`parent_id` bigint(20) NULL DEFAULT NULL COMMENT '{self._comment()}'")
        keys = ["PRIMARY KEY (`id`) USING BTREE"]
        if table:
            target = f"t{self._random.randrange(table)}_{number}"
            keys.append(
                f"CONSTRAINT `fk_{table}` FOREIGN KEY (`parent_id`) REFERENCES `{target}` (`id`)"
            )
        values = ", ".join(_TYPES[column % len(_TYPES)][1] for column in range(COLUMNS - 2))
        name = f"t{table}_{number}"
        rows = (f"INSERT INTO `{name}` VALUES ({row}, {values}, 1);\n" for row in range(ROWS))
        body = ",\n  ".join(columns + keys)
        return (
            f"DROP TABLE IF EXISTS `{name}`;\nCREATE TABLE `{name}`  (\n  {body}\n) ENGINE = InnoDB"
            f" CHARACTER SET = utf8 COMMENT = '{self._comment()}';\n\n{''.join(rows)}\n"
        )

    def _name(self) -> str:
        return self._random.choice(("name", "status", "total", "note", "created", "amount"))

    def _comment(self) -> str:
        return "".join(self._random.choices(_CHINESE, k=3))

    def _text(self, words: int) -> str:
        return " ".join(self._random.choices(self._words, k=words))


async def main(quick: bool) -> None:
    """Measure, print a table, and end with one JSON object."""
    count = 3 if quick else 30
    catalogue = load_catalogue(None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = Files(folder)
        kinds = {"small": files.small, "large": files.large, "ddl": files.ddl}
        replies: dict[str, list[float]] = {kind: [] for kind in kinds}
        plain: dict[str, list[float]] = {kind: [] for kind in kinds}
        async with (
            running(folder, ROOT / "manifest.yml") as addresses,
            _threads(addresses.workspace) as threads,
        ):
            for number in range(count):
                for kind, make in kinds.items():
                    path = make(number)
                    replies[kind].append(await threads.answered(path))
                    plain[kind].append(_plain(path, catalogue))
    _print(replies, plain)


class Threads:
    """A colleague who attaches files, and sees each change of the workspace as it happens."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, changes: aiohttp.ClientWebSocketResponse
    ) -> None:
        self._session, self._url, self._changes = session, url, changes
        self._attached = 0

    async def answered(self, path: Path) -> float:
        """Attach a file; the milliseconds until its verdict. Returns once its picture is there."""
        channel = CHANNELS[self._attached % len(CHANNELS)]
        self._attached += 1
        person = Person(self._session, self._url, ALICE, ALICE, channel)
        began = time.perf_counter()
        thread = await person.attach([path], "")
        await self._until(thread, _has_button)
        elapsed = time.perf_counter() - began
        await self._until(thread, _has_picture)
        return elapsed * 1000

    async def _until(self, thread: str, found: Callable[[dict[str, Any]], bool]) -> None:
        while True:
            change = await self._changes.receive_json(timeout=SECONDS)
            message: dict[str, Any] = change.get("message") or {}
            if message.get("thread_ts") == thread and "bot_id" in message and found(message):
                return


def _has_button(message: dict[str, Any]) -> bool:
    return any(block["type"] == "actions" for block in message.get("blocks", []))


def _has_picture(message: dict[str, Any]) -> bool:
    return any(file["name"].endswith(".png") for file in message.get("files", []))


@asynccontextmanager
async def _threads(url: str) -> AsyncGenerator[Threads]:
    async with aiohttp.ClientSession() as session:
        await Person(session, url, ALICE, ALICE, CHANNELS[0]).command("/tune help")
        members = {"user": ALICE, "channel": "C0RANDOM"}
        async with session.post(f"{url}/control/members", json=members) as response:
            assert response.status == 200, await response.text()
        stream = f"{url}/control/stream?user={ALICE}"
        async with session.ws_connect(stream, max_msg_size=0) as changes:
            yield Threads(session, url, changes)


def _plain(path: Path, catalogue: Catalogue) -> float:
    """The milliseconds of the function call."""
    began = time.perf_counter()
    if path.suffix == ".sql":
        summarise(parse_file(path))
    else:
        inspect_sync(path, name=path.name, selection=Selection(catalogue, None, None, None))
    return (time.perf_counter() - began) * 1000


def _print(replies: dict[str, list[float]], plain: dict[str, list[float]]) -> None:
    table = Table(title="From attaching a file to its verdict in the thread, ms")
    for column in ("file", "p50", "p95", "plain call p50", "times"):
        table.add_column(column, justify="left" if column == "file" else "right")
    figures: dict[str, float] = {}
    for kind, times in replies.items():
        p50, p95 = _percentiles(times)
        bare = statistics.median(plain[kind])
        table.add_row(kind, f"{p50:.0f}", f"{p95:.0f}", f"{bare:.1f}", f"{p50 / bare:.1f}")
        figures |= {f"{kind}_ms": p50, f"{kind}_p95_ms": p95, f"{kind}_plain_ms": bare}
        figures[f"{kind}_over_plain"] = p50 / bare
    Console(width=80).print(table)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


def _percentiles(times: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="3 files of each kind instead of 30")
    asyncio.run(main(parser.parse_args().quick))
