"""Reading what a client sent, and writing what it gets."""

from collections.abc import Sequence
from typing import Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, SerializeAsAny, ValidationError, computed_field

from tunesmith.local.trainer.api.invalid import from_validation
from tunesmith.local.trainer.api.objects import Document

M = TypeVar("M", bound=BaseModel)


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
