"""Answers of a model by OpenAI's chat endpoint, which providers of other protocols have too."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from tunesmith.bot.errors import ProviderBusyError
from tunesmith.bot.messages import say
from tunesmith.bot.providers.openai_calls import Calling
from tunesmith.bot.providers.trainer import Piece, Reply


class Chat:
    """Asks models through an openai client; `name` and `title` are the provider's."""

    def __init__(self, client: AsyncOpenAI, name: str, title: str) -> None:
        # The SDK imports a resource where it is first named; within a call, that would hold up
        # the event loop for a twentieth of a second.
        self._completions = client.chat.completions
        self._name = name
        self._title = title

    @asynccontextmanager
    async def ask(
        self, model: str, messages: list[dict[str, str]], most_tokens: int
    ) -> AsyncGenerator[Reply]:
        """Ask a model; the block gets its answer as it comes. Raises as `Trainer.chat` does."""
        with self._calling():
            stream = await self._completions.create(
                model=model,
                messages=cast("list[ChatCompletionMessageParam]", messages),
                max_tokens=most_tokens,
                temperature=0,
                stream=True,
            )
        try:
            yield Reply(self._pieces(stream))
        finally:
            await stream.close()

    async def _pieces(self, stream: AsyncStream[ChatCompletionChunk]) -> AsyncIterator[Piece]:
        ended = False
        with self._calling():
            async for chunk in stream:
                ended = ended or any(one.finish_reason for one in chunk.choices or [])
                for choice in (chunk.choices or [])[:1]:
                    yield Piece(choice.delta.content or "", choice.finish_reason)
        if not ended:
            raise ProviderBusyError(
                say("provider.ended_early", provider=self._title), "ended_early"
            )

    def _calling(self) -> Calling:
        return Calling(self._name, "chat", self._title)
