"""The table of Web API methods: name, token, scope, arguments, function."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.workspace import Workspace


class Args(BaseModel):
    """Base of every method's arguments: lenient about types, as forms carry only strings."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


ArgsT = TypeVar("ArgsT", bound=Args)
Handler = Callable[[Workspace, ArgsT], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method. `scopes`: any one of them suffices; none: no scope is needed."""

    name: str
    args: type[Args]
    run: Callable[[Workspace, Any], Awaitable[Json]]
    scopes: tuple[str, ...]
    token: Literal["bot", "app"]


METHODS: dict[str, Method] = {}


def slack_method(
    name: str, args: type[ArgsT], *scopes: str, token: Literal["bot", "app"] = "bot"
) -> Callable[[Handler[ArgsT]], Handler[ArgsT]]:
    """Register a function as the Web API method `name`."""

    def register(run: Handler[ArgsT]) -> Handler[ArgsT]:
        METHODS[name] = Method(name, args, run, scopes, token)
        return run

    return register
