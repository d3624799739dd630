"""What is left in the workspace and at the provider, held against what people did."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.chaos.colleague import Message
from tests.chaos.journey import Journey, Question
from tests.chaos.labels import apology, is_answer, label
from tests.support.world import World, key, words


@dataclass(slots=True)
class Verdict:
    """What is wrong, each in a sentence that names the journey."""

    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    apologies: list[str] = field(default_factory=list[str])
    stuck: list[str] = field(default_factory=list[str])
    tracebacks: list[str] = field(default_factory=list[str])

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.apologies or self.stuck or self.tracebacks)


async def judge(world: World, journeys: list[Journey]) -> Verdict:
    """Read every thread, and the provider's jobs and files."""
    verdict = Verdict()
    threads = _Threads(world)
    for journey in journeys:
        if journey.stopped:
            verdict.stuck.append(f"{journey.mark}: waited for {journey.stopped}")
        for thread in journey.must:
            said = await threads.read(journey.channel, thread)
            _judge_thread(verdict, journey, thread, said)
        await _judge_commands(verdict, journey, threads)
        await _judge_ends(verdict, journey, threads)
    await _judge_provider(verdict, world, journeys)
    return verdict


class _Threads:
    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, channel: str, thread: str | None = None) -> list[Message]:
        """What the bot said in a thread, or the channel's roots."""
        params = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        url = f"{self._world.url}/control/messages"
        async with self._world.session.get(url, params=params) as response:
            said: list[Message] = (await response.json())["messages"]
        return [m for m in said if "bot_id" in m and not m.get("is_ephemeral")]


def _judge_thread(verdict: Verdict, journey: Journey, thread: str, said: list[Message]) -> None:
    _judge_words(verdict, journey, said)
    questions = [asked for asked in journey.questions if asked.thread == thread]
    _judge_answers(verdict, journey, questions, said)
    found = Counter(what for m in said if (what := label(m)) and what != "answer")
    must, may = journey.must[thread], journey.may[thread]
    verdict.lost += _named(journey, must - found)
    verdict.doubled += _named(journey, found - must - may)


def _named(journey: Journey, what: Counter[str]) -> Iterable[str]:
    return (f"{journey.mark}: {name.strip()} × {count}" for name, count in what.items())


def _judge_words(verdict: Verdict, journey: Journey, said: list[Message]) -> None:
    keys = Counter(key(m) for m in said if key(m))
    verdict.doubled += [f"{journey.mark}: the key {k}" for k, count in keys.items() if count > 1]
    for message in said:
        if "Traceback" in words(message):
            verdict.tracebacks.append(f"{journey.mark}: {message['ts']}")
        if excuse := apology(message):
            verdict.apologies.append(f"{journey.mark}: {excuse} in {message['text']!r}")


def _judge_answers(
    verdict: Verdict, journey: Journey, questions: list[Question], said: list[Message]
) -> None:
    """Each question has one whole answer, and nothing else is answered."""
    answers = [message for message in said if label(message) == "answer"]
    for asked in questions:
        whole = [message for message in answers if is_answer(message, asked.answer)]
        if not whole:
            verdict.lost.append(f"{journey.mark}: the answer to {asked.mark}")
        answers = [message for message in answers if message not in whole[:1]]
    verdict.doubled += [f"{journey.mark}: an answer {m.get('text')!r}" for m in answers]


async def _judge_commands(verdict: Verdict, journey: Journey, threads: _Threads) -> None:
    """What was asked by command stands in the channel, or in a thread that gathers many."""
    asked = [question for question in journey.questions if question.thread is None]
    if not asked:
        return
    roots = await threads.read(journey.channel)
    said = [m for m in roots if label(m) == "answer"]
    for many in [m for m in roots if label(m) == "questions"]:
        said += (await threads.read(journey.channel, many["ts"]))[1:]
    for question in asked:
        mine = [m for m in said if question.mark in words(m)]
        if mine or question.sure:
            _judge_words(verdict, journey, mine)
            _judge_answers(verdict, journey, [question], mine)


async def _judge_ends(verdict: Verdict, journey: Journey, threads: _Threads) -> None:
    """Each job that ended by itself has one notice in the channel, and a picture in its card."""
    roots = Counter(key(m) for m in await threads.read(journey.channel))
    said = [m for thread in journey.must for m in await threads.read(journey.channel, thread)]
    cards = {key(m): m for m in said}
    for job, cancelled in journey.jobs.items():
        notices = roots[f"notice:{job}"]
        if notices > (not cancelled):
            verdict.doubled.append(f"{journey.mark}: {notices} notices of {job}")
        if cancelled:
            continue
        if not notices:
            verdict.lost.append(f"{journey.mark}: the notice of {job}")
        if not any(b["type"] == "image" for b in cards[f"progress:{job}"]["blocks"]):
            verdict.lost.append(f"{journey.mark}: the picture of {job}")


async def _judge_provider(verdict: Verdict, world: World, journeys: list[Journey]) -> None:
    """Each job that was started is there once, with one file of its own."""
    remote = await _listed(world, "fine_tuning/jobs")
    files = Counter(str(f["filename"]) for f in await _listed(world, "files") if _is_ours(f))
    by_job: dict[str, list[dict[str, Any]]] = {}
    for job in remote:
        metadata: dict[str, str] = job["metadata"] or {}
        by_job.setdefault(metadata.get("tunesmith_job", "?"), []).append(job)
    for journey in journeys:
        for job_id, cancelled in journey.jobs.items():
            jobs = by_job.pop(job_id, [])
            uploads = max((n for name, n in files.items() if f"-{job_id}-" in name), default=0)
            if not (jobs or cancelled):
                verdict.lost.append(f"{journey.mark}: the provider's job of {job_id}")
            if len(jobs) > 1 or uploads > 1:
                counts = f"{len(jobs)} jobs, {uploads} files of one name"
                verdict.doubled.append(f"{journey.mark}: {counts} for {job_id}")
            wanted = "cancelled" if cancelled else "succeeded"
            verdict.lost += [
                f"{journey.mark}: job {job_id} is {job['status']}, not {wanted}"
                for job in jobs
                if job["status"] != wanted
            ]
    verdict.doubled += [f"a job that nobody started: {job_id}" for job_id in by_job]


def _is_ours(file: dict[str, Any]) -> bool:
    return file["purpose"] == "fine-tune"


async def _listed(world: World, what: str) -> list[dict[str, Any]]:
    """All objects of a list of the provider's."""
    found: list[dict[str, Any]] = []
    headers = {"Authorization": "Bearer local"}
    while True:
        after = {"after": found[-1]["id"]} if found else {}
        url, params = f"{world.trainer_url}/v1/{what}", {"limit": "100", **after}
        page = await _page(world.session, url, params, headers)
        found += page["data"]
        if not page["has_more"]:
            return found


async def _page(
    session: aiohttp.ClientSession, url: str, params: dict[str, str], headers: dict[str, str]
) -> dict[str, Any]:
    async with session.get(url, params=params, headers=headers) as response:
        assert response.status == 200, await response.text()
        page: dict[str, Any] = await response.json()
    return page
