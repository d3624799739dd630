"""The official clients, what tests often do with them, and files to train on."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import aiohttp
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion
from openai.types.fine_tuning import FineTuningJob

from tests.support.waiting import PATIENCE
from tests.trainer_api import BASE, KEY

T = TypeVar("T")

FINAL = ("succeeded", "failed", "cancelled")


def chat_row(question: str, answer: str, system: str | None = None) -> dict[str, Any]:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    return {"messages": messages}


def jsonl(rows: Sequence[object]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def dataset(n: int = 10, **script: Any) -> bytes:
    """`n` chats; the script, if there is one, is for the fake engine."""
    first = json.dumps(script) if script else None
    rows = [chat_row(f"question {i}", f"answer {i} of many") for i in range(n)]
    rows[0] = chat_row("question 0", "answer 0 of many", first)
    return jsonl(rows)


# A machine with other work may need ten times as long as one without.


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := await look()):
        assert time.monotonic() < deadline, "nothing came"
        await asyncio.sleep(0.02)
    return found


class Trainer:
    """A running server, a client for it, and what tests often do with both."""

    def __init__(self, url: str, key: str = KEY) -> None:
        self.url = url
        # Strict: an answer that is not as the official types say is an error.
        self.client = AsyncOpenAI(
            base_url=f"{url}/v1",
            api_key=key,
            max_retries=0,
            timeout=20,
            _strict_response_validation=True,
        )
        # `pausing` and `paused` are not in the official enum: OpenAI itself needs a lenient client.
        self.lenient = AsyncOpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=20)

    async def upload(self, content: bytes, name: str = "train.jsonl") -> str:
        return (await self.client.files.create(file=(name, content), purpose="fine-tune")).id

    async def start(self, content: bytes | None = None, **options: Any) -> FineTuningJob:
        file_id = await self.upload(content or dataset())
        arguments: dict[str, Any] = {"model": BASE, "training_file": file_id, **options}
        return await self.client.fine_tuning.jobs.create(**arguments)

    async def wait(self, job_id: str, *statuses: str) -> FineTuningJob:
        """The job once it has one of the statuses; by default, once it has ended."""

        async def arrived() -> FineTuningJob | None:
            job = await self.lenient.fine_tuning.jobs.retrieve(job_id)
            if job.status in (statuses or FINAL):
                return job
            assert job.status not in FINAL, f"{job.status}: {job.error}"
            return None

        return await until(arrived)

    async def first_checkpoint(self, job_id: str) -> str:
        """The name of the job's first checkpoint, as soon as it has one."""

        async def saved() -> str | None:
            page = await self.client.fine_tuning.jobs.checkpoints.list(job_id)
            return page.data[-1].fine_tuned_model_checkpoint if page.data else None

        return await until(saved)

    async def train(self, content: bytes | None = None, **options: Any) -> FineTuningJob:
        """A job from its creation to its end."""
        job = await self.start(content, **options)
        return await self.wait(job.id)

    async def events(self, job_id: str) -> list[str]:
        """All messages, oldest first."""
        page = await self.client.fine_tuning.jobs.list_events(job_id, limit=1000)
        return [event.message for event in reversed(page.data)]

    async def ask(self, model: str, question: str, **options: Any) -> str:
        """The whole answer to a single question."""
        arguments: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "user", "content": question}],
            **options,
        }
        answer = cast("ChatCompletion", await self.client.chat.completions.create(**arguments))
        return answer.choices[0].message.content or ""

    async def raw(
        self,
        method: str,
        path: str,
        *,
        key: str | None = KEY,
        extra_headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> tuple[int, Any, Mapping[str, str]]:
        """A request that the official client would not send."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= extra_headers or {}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + path, headers=headers, **options) as response,
        ):
            return response.status, await response.json(), response.headers
