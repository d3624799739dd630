"""What the bench of watched jobs begins with: a card for each job, and the bot's rows."""

import time
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import insert

from bench._programs import bot_database
from tunesmith.storage.tables import datasets, jobs, messages, tasks

TEAM, PROVIDER = "T0LOCAL", "openai"
CHANNELS = ("C0GENERAL", "C0TUNING", "C0PARTNERS")
EDIT_SECONDS_PER_JOB = 1.5  # at that pace a card is brought up to date again


async def post_cards(
    session: aiohttp.ClientSession, workspace: str, count: int
) -> dict[str, tuple[str, str]]:
    """A message of the bot for each job, by the provider's id of it: its channel and `ts`."""
    found: dict[str, tuple[str, str]] = {}
    headers = {"Authorization": "Bearer xoxb-local"}
    for number in range(count):
        channel = CHANNELS[number % len(CHANNELS)]
        body = {"channel": channel, "text": f"Fine-tuning {number}"}
        url = f"{workspace}/api/chat.postMessage"
        async with session.post(url, json=body, headers=headers) as response:
            answer = await response.json()
        assert answer["ok"], answer
        found[f"ftjob-{number}"] = (channel, answer["ts"])
    return found


async def seed(folder: Path, cards: dict[str, tuple[str, str]]) -> None:
    """The bot follows a job for each card, and brings one after the other up to date."""
    (folder / "bot").mkdir()
    database = bot_database(folder)
    await database.migrate()
    now = time.time()
    where: dict[str, Any] = {
        "team": TEAM,
        "channel": "C0TUNING",
        "thread": "1.0",
        "created_by": "U0ALICE",
    }
    dataset: dict[str, Any] = {
        **where,
        "id": "d",
        "file_id": "F",
        "name": "rows.jsonl",
        "sha256": "0",
        "report": {},
        "created_at": now,
    }
    rows = [_rows(name, channel, ts, now, len(cards)) for name, (channel, ts) in cards.items()]
    about = {"kind": "watch", "place": "job", "payload": {"provider": PROVIDER}}
    sweep = {**about, "key": f"watch:{PROVIDER}", "not_before": now, "created_at": now}
    async with database.write() as connection:
        await connection.execute(insert(datasets), [dataset])
        for number, table in enumerate((jobs, messages, tasks)):
            await connection.execute(insert(table), [row[number] for row in rows])
        await connection.execute(insert(tasks), [sweep])
    await database.close()


def _rows(
    name: str, channel: str, ts: str, now: float, count: int
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A job, its card and the task that follows it."""
    number = int(name.removeprefix("ftjob-"))
    job = {
        "id": f"j{number}",
        "team": TEAM,
        "channel": channel,
        "thread": ts,
        "created_by": "U0ALICE",
        "dataset_id": "d",
        "provider": PROVIDER,
        "provider_job_id": name,
        "base_model": "gpt-4.1-2025-04-14",
        "hyperparameters": {"n_epochs": 3},
        "fingerprint": name,
        "status": "running",
        "seen_at": now,
        "started_at": now - 600,
        "created_at": now - 1_200,
    }
    card = {"key": f"progress:j{number}", "channel": channel, "ts": ts, "created_at": now}
    follow = {
        "key": f"job.progress:j{number}",
        "kind": "job.progress",
        "place": "follow",
        "payload": {"job_id": f"j{number}"},
        "not_before": now + EDIT_SECONDS_PER_JOB * number,
        "created_at": now,
    }
    assert number < count
    return job, card, follow
