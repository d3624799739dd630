"""What the pool and its workers say to each other: pickles, each behind its length."""

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LENGTH = struct.Struct(">Q")
HEAD_BYTES = _LENGTH.size
# What a worker may take for its own.
MEMORY_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Request:
    """A call; with `tells_progress`, it is given a function `progress` that takes a share."""

    call: Callable[..., Any]
    tells_progress: bool


@dataclass(frozen=True, slots=True)
class Hello:
    """A worker's first message."""

    pid: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The share of the call that is done, from 0 to 1."""

    share: float


@dataclass(frozen=True, slots=True)
class Result:
    """What the call returned. After the `last` one, the worker ends."""

    value: Any
    last: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """What the call raised, and where: errors of some classes lose notes on the way."""

    error: Exception
    traceback: str
    last: bool


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """The call needed more than a worker may take; the worker ends."""


Message = Hello | Progress | Result | Raised | OutOfMemory


def packed(message: Request | Message) -> bytes:
    """A message as it goes over the wire."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def length_of(head: bytes) -> int:
    """How many bytes follow the head of a message."""
    return int(_LENGTH.unpack(head)[0])
