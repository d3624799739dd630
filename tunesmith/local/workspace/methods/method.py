"""What makes a function a Web API method: name, token, scope, arguments."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.workspace import Workspace


class Args(BaseModel):
    """Base of every method's arguments: lenient about types, as forms carry only strings."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


TokenKind: TypeAlias = Literal["bot", "app"]
ArgsT = TypeVar("ArgsT", bound=Args)
Handler = Callable[[Workspace, ArgsT], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Method:
    """One Web API method. `scopes`: any one of them suffices; none: no scope is needed."""

    name: str
    args: type[Args]
    run: Callable[[Workspace, Any], Awaitable[Json]]
    scopes: tuple[str, ...]
    token: TokenKind


def slack_method(
    name: str, args: type[ArgsT], *scopes: str, token: TokenKind = "bot"
) -> Callable[[Handler[ArgsT]], Method]:
    """Make a function the Web API method `name`."""

    def make(run: Handler[ArgsT]) -> Method:
        return Method(name, args, run, scopes, token)

    return make
