"""Reading what a client sent, and writing what it gets."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, SerializeAsAny, ValidationError, computed_field

from tunesmith.local.trainer.api.invalid import from_validation
from tunesmith.local.trainer.api.objects import Document

M = TypeVar("M", bound=BaseModel)

_LOOK_SECONDS = 0.5
_CLIENT_GONE = 499
"""nginx's status for an answer that nobody waits for, read in /metrics alone."""


async def read_json(request: web.Request, model: type[M]) -> M:
    """The request's JSON body. Raises ApiError where it is not as described."""
    body = await request.read()
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise from_validation(error) from error


def read_query(request: web.Request, model: type[M]) -> M:
    """The request's query. Raises ApiError; names that the model does not have are ignored."""
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise from_validation(error) from error


def has_gone(request: web.Request) -> bool:
    """Has the client hung up?"""
    return request.transport is None or request.transport.is_closing()


async def unless_gone(
    request: web.Request, work: Coroutine[Any, Any, web.StreamResponse]
) -> web.StreamResponse:
    """What the work answers; it is broken off when the client hangs up."""
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=_LOOK_SECONDS)
            if has_gone(request):
                return web.Response(status=_CLIENT_GONE)
        return task.result()
    finally:
        task.cancel()
        await asyncio.wait([task])


def answer(thing: BaseModel) -> web.Response:
    """An object as JSON; numbers that JSON cannot hold become null."""
    return web.Response(text=thing.model_dump_json(), content_type="application/json")


class Page(BaseModel):
    """A list as OpenAI sends it."""

    object: Literal["list"] = "list"
    data: Sequence[SerializeAsAny[Document]]
    has_more: bool = False

    @computed_field
    @property
    def first_id(self) -> str | None:
        """The first object's id; null for an empty list."""
        return self.data[0].id if self.data else None

    @computed_field
    @property
    def last_id(self) -> str | None:
        """The last object's id, which is the next request's `after`."""
        return self.data[-1].id if self.data else None
