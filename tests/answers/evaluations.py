"""A shop whose job has rows set aside, for tests of evaluations."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.answers.conftest import ALICE, CHANNEL, MODEL_NAME, TEAM, Messages, Shop
from tests.support.rows import dataset_row, job_row
from tests.support.slice import chat_line
from tests.support.waiting import PATIENCE
from tunesmith.bot.answers.evaluation.summing import Result
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.messages import text_for
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.handlers.job.commands.subcommand import Asked
from tunesmith.handlers.slack.thread import ThreadRef
from tunesmith.storage import datasets, evaluations, jobs
from tunesmith.storage.evaluation_values import Evaluation, EvaluationStatus
from tunesmith.storage.jobs import Job, JobStatus
from tunesmith.storage.tables import evaluations as table

BASE = "tiny-1m-scratch"
CLASSES = ("refund", "delivery", "other")


def _class_of(number: int) -> str:
    return CLASSES[number % 3]


async def set_aside(
    shop: Shop, rows: int = 12, answer: Callable[[int], str] = _class_of
) -> list[str]:
    """Give the shop's job a training file of letters and their answers (labels, unless told
    otherwise) and a validation file; what the rows of that ask.
    """
    held = [f"New letter {n}" for n in range(rows)]
    training = [chat_line(f"Old letter {n}", answer(n)) for n in range(30)]
    known = [chat_line(question, answer(n)) for n, question in enumerate(held)]
    for dataset_id, lines in (("train", training), ("held", known)):
        report = _kept(shop, f"{dataset_id}.jsonl", lines)
        row = dataset_row(
            dataset_id,
            team=TEAM,
            channel=CHANNEL,
            name=report.name,
            sha256=report.sha256,
            report=report.model_dump(mode="json"),
            created_by=ALICE,
        )
        async with shop.context.services.database.write() as connection:
            await datasets.add(connection, row)
    thread = await shop.begin("a file")
    async with shop.context.services.database.write() as connection:
        changes = {"dataset_id": "train", "validation_id": "held", "thread": thread}
        await jobs.change(connection, "job", **changes)
    return held


def _kept(shop: Shop, name: str, lines: list[str]) -> Report:
    folder = shop.context.services.settings.files
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    report = inspect_sync(path, name=name, selection=Selection(load_catalogue()))
    shutil.move(path, folder / report.sha256)
    return report


async def later_job(shop: Shop, job_id: str, model: str, **values: Any) -> Job:
    """Another job of the same files, which has succeeded."""
    first = await the_job(shop)
    async with shop.context.services.database.write() as connection:
        dataset = await datasets.get(connection, first.dataset_id)
        assert dataset is not None
        job = job_row(
            replace(dataset, thread=first.thread),
            job_id,
            validation_id=first.validation_id,
            status=JobStatus.SUCCEEDED,
            fine_tuned_model=model,
            **values,
        )
        await jobs.add(connection, job)
    return job


def base_answers(shop: Shop) -> None:
    """Let the base model be one that can be asked."""
    services = shop.context.services
    local = services.catalogue.providers["local"]
    models = tuple(one.model_copy(update={"answers_untuned": True}) for one in local.models)
    changed = local.model_copy(update={"models": models})
    providers = {**services.catalogue.providers, "local": changed}
    catalogue = services.catalogue.model_copy(update={"providers": providers})
    shop.context.services = replace(services, catalogue=catalogue)


def knows(shop: Shop, held: list[str], right: int, model_name: str = MODEL_NAME) -> None:
    """Let a model answer the first rows right, and the others wrong."""
    for number, question in enumerate(held):
        answer = CLASSES[number % 3] if number < right else "nonsense"
        shop.model.known[model_name, question] = answer


def asked_with(shop: Shop, said: str = "", language: str = "en") -> Asked:
    """What somebody types behind a subcommand of `/tune`, in the channel."""
    ref = ThreadRef(CHANNEL, None, ALICE)
    return Asked(shop.context, text_for(language), TEAM, ref, said)


async def the_job(shop: Shop) -> Job:
    """The shop's first job."""
    async with shop.context.services.database.read() as connection:
        job = await jobs.get(connection, "job")
    assert job is not None
    return job


async def newest(shop: Shop) -> Evaluation:
    """The newest evaluation."""
    async with shop.context.services.database.read() as connection:
        statement = table.select().order_by(table.c.created_at.desc())
        row = (await connection.execute(statement)).mappings().first()
        assert row is not None
        found = await evaluations.get(connection, row["id"])
    assert found is not None
    return found


async def until(shop: Shop, *statuses: EvaluationStatus) -> Evaluation:
    """Wait until the newest evaluation stands so."""
    async with asyncio.timeout(PATIENCE):
        while (found := await newest(shop)).status not in statuses:
            await asyncio.sleep(0.05)
    return found


def result(evaluation: Evaluation) -> Result:
    """What an evaluation came to."""
    return Result.model_validate(evaluation.summary)


async def card(shop: Shop, word: str) -> dict[str, Any]:
    """Wait for a message in the job's thread to say something."""
    job = await the_job(shop)

    def seen(messages: Messages) -> bool:
        return any(word in str(message) for message in messages)

    found = await shop.until(job.thread, seen)
    return next(message for message in found if word in str(message))


async def press(shop: Shop, message: dict[str, Any], action: str) -> None:
    """Press a button of a message."""
    body = {"user": ALICE, "channel": CHANNEL, "message_ts": message["ts"], "action_id": action}
    url = f"{shop.person.url}/control/actions"
    async with shop.person.session.post(url, json=body) as response:
        assert (await response.json())["ok"], await response.text()
