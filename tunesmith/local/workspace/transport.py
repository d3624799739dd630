"""How the app is reached: one interface, over Socket Mode or over HTTP."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from tunesmith.local.workspace.records import Json

Kind: TypeAlias = Literal["events_api", "slash_commands", "interactive"]
Failure: TypeAlias = Literal["dispatch_failed", "operation_timeout"]


@dataclass(frozen=True, slots=True)
class Retry:
    """Which further delivery this is (0: the first one) and why it is needed."""

    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered: acknowledged with a payload, or a failure.

    `failure` is what Slack tells the person, `reason` what it tells the app at the next delivery.
    """

    failure: Failure | None = None
    payload: Any = None
    reason: str = ""
    no_retry: bool = False

    @property
    def acked(self) -> bool:
        """Whether the app acknowledged."""
        return self.failure is None


class Transport(Protocol):
    """Sends one envelope to the app and waits for the acknowledgement."""

    async def send(self, kind: Kind, payload: Json, retry: Retry | None = None) -> Reply:
        """Deliver to exactly one receiver; never raises."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
