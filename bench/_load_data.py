"""What the bench of many people begins with: files, a model that repeats, and the bot's rows."""

import asyncio
import json
import time
from pathlib import Path

from openai import AsyncOpenAI

from bench._programs import KEY, bot_database
from tests.support.rows import add_rows, dataset_row, job_row
from tunesmith.bot.datasets.inspection import inspect_sync
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.storage.jobs import JobStatus

# Full members: guests and strangers may not ask models.
PLACES = {
    "C0GENERAL": ("U0ALICE", "U0MINJI", "U0WEI", "U0BEN"),
    "C0TUNING": ("U0ALICE", "U0MINJI", "U0WEI", "U0BEN"),
    "C0RANDOM": ("U0ALICE", "U0MINJI", "U0WEI", "U0BEN"),
    "C0LAB": ("U0ALICE", "U0MINJI"),
    "C0PARTNERS": ("U0ALICE", "U0BEN"),
    **{f"D0{name}": (f"U0{name}",) for name in ("ALICE", "MINJI", "WEI", "BEN")},
}
EXAMPLES = 30


def write_file(folder: Path, number: int) -> Path:
    """The training file of that number."""
    path = folder / f"load-{number:03}.jsonl"
    with path.open("w") as file:
        for example in range(EXAMPLES):
            question = f"question {example} of file {number}: which shop sold most on day {example}"
            answer = f"the shop number {example * 7 % 11} with {example * number} sales"
            messages = [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer},
            ]
            file.write(json.dumps({"messages": messages}) + "\n")
    return path


async def train_model(trainer: str) -> str:
    """Train a model that repeats what it was trained on."""
    client = AsyncOpenAI(base_url=f"{trainer}/v1", api_key=KEY)
    rows = [
        {
            "messages": [
                {"role": "user", "content": f"question {number}"},
                {"role": "assistant", "content": f"answer {number} in some words of its own"},
            ]
        }
        for number in range(EXAMPLES)
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    file = await client.files.create(file=("rows.jsonl", content), purpose="fine-tune")
    job = await client.fine_tuning.jobs.create(model="tiny-1m-scratch", training_file=file.id)
    while job.status != "succeeded":
        assert job.status not in {"failed", "cancelled"}, job.error
        await asyncio.sleep(0.2)
        job = await client.fine_tuning.jobs.retrieve(job.id)
    await client.close()
    assert job.fine_tuned_model is not None
    return job.fine_tuned_model


async def seed(folder: Path, model: str) -> None:
    """The bot knows of a finished job with that model in each channel."""
    (folder / "bot").mkdir()
    rows = write_file(folder, 0)
    report = inspect_sync(
        rows, name=rows.name, selection=Selection(load_catalogue(), None, None, None)
    )
    database = bot_database(folder)
    await database.migrate()
    ended = {"status": JobStatus.SUCCEEDED, "fine_tuned_model": model}
    said = report.model_dump(mode="json")
    for channel in PLACES:
        dataset = dataset_row(f"d{channel}", team="T0LOCAL", channel=channel, report=said)
        job = job_row(dataset, f"j{channel}", finished_at=time.time(), **ended)
        await add_rows(database, dataset, job)
    await database.close()
