"""What makes a function a Web API method: name, token, scope, arguments."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

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
    """One Web API method.

    Any one of `scopes` suffices; none: no scope is needed. `app_level`: takes the app token.
    """

    name: str
    args: type[Args]
    run: Callable[[Workspace, Any], Awaitable[Json]]
    scopes: tuple[str, ...]
    app_level: bool


def slack_method(
    name: str, args: type[ArgsT], *scopes: str, app_level: bool = False
) -> Callable[[Handler[ArgsT]], Method]:
    """Make a function the Web API method `name`."""

    def make(run: Handler[ArgsT]) -> Method:
        return Method(name, args, run, scopes, app_level)

    return make
