"""Ask a model: as a stream, or for the whole answer."""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal

from tunesmith.bot.answers.cost import cost
from tunesmith.bot.answers.model import AskedModel, check
from tunesmith.bot.errors import ProviderError
from tunesmith.bot.providers.asking import Prompt, Reply, ToolCall, Usage, WhyNot
from tunesmith.bot.services import Services
from tunesmith.storage.jobs import Job


@asynccontextmanager
async def ask(
    services: Services, model: AskedModel, prompt: Prompt, job: Job | None = None
) -> AsyncGenerator[Reply]:
    """Ask a model; the block gets its answer as it comes. `job` is that of `check`.

    Where the conversation is more than its context holds, the older half of it is left out, again
    and again: `Reply.prompt` says how much. Raises ProviderError, also where the model was deleted,
    shut down or is not deployed, or ProviderBusyError where asking again may succeed.
    """
    await check(services, model, job)
    client = services.provider(model.provider)
    async with AsyncExitStack() as stack:
        while True:
            try:
                reply = await stack.enter_async_context(client.ask(model.name, prompt))
            except ProviderError as error:
                shorter = prompt.shorter() if error.code == WhyNot.CONTEXT_OVERFLOW else None
                if shorter is None:
                    raise
                prompt = shorter
            else:
                break
        yield reply


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer. `usd` is None where it is not known, as `usage` is; `seconds` is until its
    end, `first_seconds` until its first piece of text, None where it has none. `labels` is how
    likely each class is (0 to 1).
    """

    text: str
    finish_reason: str | None
    tool_calls: tuple[ToolCall, ...]
    labels: dict[str, float]
    usage: Usage | None
    usd: Decimal | None
    seconds: float
    first_seconds: float | None


async def answer(services: Services, model: AskedModel, prompt: Prompt) -> Answered:
    """Ask a model and wait for all of its answer. Raises as `ask` does."""
    began = time.monotonic()
    first: float | None = None
    pieces: list[str] = []
    async with ask(services, model, prompt) as reply:
        async for piece in reply:
            first = first or time.monotonic() - began
            pieces.append(piece)
    return Answered(
        text="".join(pieces),
        finish_reason=reply.finish_reason,
        tool_calls=tuple(reply.tool_calls),
        labels=reply.labels,
        usage=reply.usage,
        usd=cost(services.catalogue, model, reply.usage),
        seconds=time.monotonic() - began,
        first_seconds=first,
    )
