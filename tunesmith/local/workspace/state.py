"""Everything the workspace remembers, in memory and written through to the store."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from tunesmith.local.workspace import people
from tunesmith.local.workspace.records import (
    Channel,
    DeletedFile,
    Delivery,
    File,
    Message,
    ResponseUrl,
    Trigger,
    User,
    UserGroup,
    View,
)
from tunesmith.local.workspace.store import Store

Record = TypeVar("Record", bound=BaseModel)

_ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Table(Generic[Record]):
    """Records by key, in order of insertion. Call `save` after changing a record."""

    def __init__(self, store: Store, name: str, model: type[Record]) -> None:
        self._store = store
        self._name = name
        self._model = model
        self._rows: dict[str, Record] = {}

    def load(self, rows: dict[str, Any]) -> None:
        """Fill the table with what the store read."""
        for key, document in rows.items():
            self._set(key, self._model.model_validate(document))

    def get(self, key: str) -> Record | None:
        """The record with this key, or None."""
        return self._rows.get(key)

    def __iter__(self) -> Iterator[Record]:
        """All records, the oldest first; the table may change meanwhile."""
        return iter(list(self._rows.values()))

    def save(self, key: str, record: Record) -> None:
        """Insert or replace, durably."""
        self._set(key, record)
        self._store.write(self._name, key, record.model_dump(mode="json"))

    def delete(self, key: str) -> None:
        """Remove, durably; a missing key is no error."""
        if self._rows.pop(key, None) is not None:
            self._store.write(self._name, key, None)

    def forget_while(self, outdated: Callable[[Record], bool]) -> None:
        """Remove the oldest records for as long as they are outdated."""
        while self._rows:
            key, record = next(iter(self._rows.items()))
            if not outdated(record):
                break
            self.delete(key)

    def _set(self, key: str, record: Record) -> None:
        self._rows[key] = record


class Messages(Table[Message]):
    """Messages by channel and thread, oldest first."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, "messages", Message)
        self._channels: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], dict[str, Message]] = {}

    def find(self, channel: str, ts: str) -> Message | None:
        """The message at `ts`, ephemeral ones included."""
        return self._channels.get(channel, {}).get(ts)

    def put(self, message: Message) -> None:
        """Insert or replace a message."""
        self.save(_message_key(message), message)

    def remove(self, message: Message) -> None:
        """Delete a message."""
        self.delete(_message_key(message))
        self._channels.get(message.channel, {}).pop(message.ts, None)
        if message.thread_ts:
            self._threads.get((message.channel, message.thread_ts), {}).pop(message.ts, None)

    def in_channel(self, channel: str) -> list[Message]:
        """All messages of a channel, replies and ephemeral ones included."""
        return list(self._channels.get(channel, {}).values())

    def replies(self, root: Message) -> list[Message]:
        """The replies under a root that everyone sees."""
        thread = self._threads.get((root.channel, root.ts), {})
        return [reply for reply in thread.values() if not reply.ephemeral_to]

    def _set(self, key: str, record: Message) -> None:
        super()._set(key, record)
        self._channels.setdefault(record.channel, {})[record.ts] = record
        if record.is_reply and record.thread_ts:
            thread = self._threads.setdefault((record.channel, record.thread_ts), {})
            thread[record.ts] = record


class State:
    """The tables, and the source of ids and timestamps."""

    def __init__(self, store: Store, bot_name: str) -> None:
        self.store = store
        self._bot_name = bot_name
        self._last_ts = 0
        self._open(store.open())

    def _open(self, rows: dict[str, dict[str, Any]]) -> None:
        self.users: dict[str, User] = {
            user.id: user for user in (*people.PEOPLE, people.bot_user(self._bot_name))
        }
        self.channels = Table(self.store, "channels", Channel)
        self.messages = Messages(self.store)
        self.files = Table(self.store, "files", File)
        self.deleted_files = Table(self.store, "deleted_files", DeletedFile)
        self.views = Table(self.store, "views", View)
        self.triggers = Table(self.store, "triggers", Trigger)
        self.response_urls = Table(self.store, "response_urls", ResponseUrl)
        self.deliveries = Table(self.store, "deliveries", Delivery)
        self.user_groups = Table(self.store, "user_groups", UserGroup)
        self.sharing = Table(self.store, "sharing", Message)
        self.channels.load(rows.get("channels", {}))
        self.messages.load(rows.get("messages", {}))
        self.files.load(rows.get("files", {}))
        self.deleted_files.load(rows.get("deleted_files", {}))
        self.views.load(rows.get("views", {}))
        self.triggers.load(rows.get("triggers", {}))
        self.response_urls.load(rows.get("response_urls", {}))
        self.deliveries.load(rows.get("deliveries", {}))
        self.sharing.load(rows.get("sharing", {}))
        self.user_groups.load(rows.get("user_groups", {}))
        for channel in people.channels():
            if self.channels.get(channel.id) is None:
                self.channels.save(channel.id, channel)
        for group in people.user_groups():
            if self.user_groups.get(group.id) is None:
                self.user_groups.save(group.id, group)
        for message in self.messages:
            self._last_ts = max(self._last_ts, _micros(message.ts))

    def reset(self) -> None:
        """Forget everything and start as a fresh workspace; timestamps keep growing."""
        self.store.clear()
        self._open({})

    def next_ts(self) -> str:
        """A new message timestamp, `seconds.microseconds`, later than every one before."""
        self._last_ts = max(time.time_ns() // 1000, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """A new id as Slack writes them, for example `F0K3…` for the prefix `F`."""
        return f"{prefix}0" + "".join(secrets.choice(_ID_LETTERS) for _ in range(9))


def _micros(ts: str) -> int:
    seconds, _, micros = ts.partition(".")
    return int(seconds) * 1_000_000 + int(micros)


def _message_key(message: Message) -> str:
    return f"{message.channel}/{message.ts}"
