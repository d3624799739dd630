"""Faults on demand: the next calls of a method fail in a chosen way."""

from typing import Literal

from pydantic import BaseModel, Field


class Fault(BaseModel):
    """`times` calls of `method` (`*`: any) fail. `drop` loses the request before it takes effect,
    `drop_after` loses only the answer.
    """

    method: str
    times: int = Field(1, ge=1)
    kind: Literal["error", "rate_limited", "status", "slow", "drop", "drop_after"]
    error: str = "internal_error"
    retry_after: int = Field(1, ge=0)
    status: int = Field(503, ge=400, le=599)
    seconds: float = Field(1.0, ge=0)


class Faults:
    """The faults that wait for a call."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Arm a fault."""
        self._faults.append(fault)

    def take(self, method: str) -> Fault | None:
        """The fault this call meets, if any; counts it down."""
        for fault in self._faults:
            if fault.method in (method, "*"):
                fault.times -= 1
                if not fault.times:
                    self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Disarm all faults."""
        self._faults.clear()
