"""What the API remembers: one SQLite file with JSON documents in the order in which they came.

SQLite runs in one thread of its own, so nothing here blocks the event loop, and a whole piece of
work is one transaction: `await store.run(work)`, where `work` calls the collections. A transaction
survives SIGKILL of the server.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from tunesmith.local.trainer.api.bodies import Page
from tunesmith.local.trainer.api.errors import bad_value
from tunesmith.local.trainer.api.objects import (
    Document,
    File,
    Job,
    JobCheckpoint,
    JobEvent,
    Model,
    Upload,
    UploadPart,
    WebhookEndpoint,
)
from tunesmith.local.trainer.api.requests import PageQuery

T = TypeVar("T")
D = TypeVar("D", bound=Document)

LOCAL_TEAM = "local"
"""The team of the key that the server was started with."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    parent TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS documents_in_order ON documents (kind, parent, seq);
"""


class StoredJob(Job):
    """A job and what the API does not show of it."""

    base_model: str
    """The model that all of its ancestors come from."""
    parent: str | None = None
    """The folder of the tuned model to continue from, relative to the data folder."""
    tuned_name: str
    """The name that the tuned model will have."""
    team: str = LOCAL_TEAM
    """Whose it is."""
    validated: bool = False
    """Whether its files were found to be fit."""
    events_read: int = 0
    """The byte of the job's event log up to which everything is recorded here."""
    deaths: int = 0
    """How often its process ended unexpectedly since its last checkpoint."""

    def shown(self) -> Job:
        """The job as the API answers with it."""
        return Job.model_validate(self.model_dump(include=set(Job.model_fields)))


class StoredModel(Model):
    """A model that can answer, and the folder it lies in, relative to the data folder."""

    owned_by: str = "local"
    base_model: str
    folder: str

    def shown(self) -> Model:
        """The model as the API answers with it."""
        return Model.model_validate(self.model_dump(exclude={"base_model", "folder"}))


class StoredUpload(Upload):
    """An upload, and how long the file that it becomes will stay, in seconds."""

    expires_after: int | None = None

    def shown(self) -> Upload:
        """The upload as the API answers with it."""
        return Upload.model_validate(self.model_dump(exclude={"expires_after"}))


class StoredWebhook(WebhookEndpoint):
    """An address with the secret that signs what it is told.

    The one before it signs too, until `old_secret_until` (Unix seconds).
    """

    secret: str
    old_secret: str | None = None
    old_secret_until: int = 0

    def shown(self) -> WebhookEndpoint:
        """The address as the API answers with it."""
        return WebhookEndpoint.model_validate(
            self.model_dump(include=set(WebhookEndpoint.model_fields))
        )


class Delivery(Document):
    """What an address is still to be told; its parent is the address. Times are Unix seconds."""

    webhook: str
    body: str
    created_at: int
    due_at: float
    tries: int = 0


class StoredKey(Document):
    """A team's key; `id` is its hash, see access.py. `hint` is how it ends."""

    team: str
    hint: str
    created_at: int
    requests_per_minute: int | None = None


class StoredAnswer(Document):
    """What a request with an Idempotency-Key was answered, see idempotency.py."""

    created_at: int
    request: str
    answer: str


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on documents: a piece of SQL and the values of its `?`."""

    sql: str
    values: tuple[str | float, ...] = ()


class Collection(Generic[D]):
    """The documents of one kind. To be called inside of `Store.run` alone.

    A document's parent is what it belongs to: a team, or for events, checkpoints and parts of an
    upload the thing that they are of.
    """

    def __init__(self, connection: sqlite3.Connection, kind: str, model: type[D]) -> None:
        self._connection = connection
        self._kind = kind
        self._model = model

    def get(self, document_id: str, parent: str | None = None) -> D | None:
        """The document with this id, if there is one, and it is this parent's."""
        rows = self._select(_within(parent, Where("id = ?", (document_id,))))
        return rows[0] if rows else None

    def add(self, document: D, parent: str) -> bool:
        """Keep a new document; False where its id is known already, and nothing is changed."""
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO documents (kind, id, parent, body) VALUES (?, ?, ?, ?)",
            (self._kind, document.id, parent, document.model_dump_json()),
        )
        return cursor.rowcount == 1

    def put(self, document: D) -> None:
        """Change a document that is there."""
        self._connection.execute(
            "UPDATE documents SET body = ? WHERE kind = ? AND id = ?",
            (document.model_dump_json(), self._kind, document.id),
        )

    def remove(self, document_id: str) -> bool:
        """Forget a document; False where there was none."""
        cursor = self._connection.execute(
            "DELETE FROM documents WHERE kind = ? AND id = ?", (self._kind, document_id)
        )
        return cursor.rowcount == 1

    def all(self, *where: Where, parent: str | None = None) -> list[D]:
        """Every document, or every one of a parent's, that meets the conditions, oldest first."""
        return self._select(_within(parent, *where), "ORDER BY seq")

    def count_by(self, field: str) -> dict[str, int]:
        """How many documents there are with each value of a field."""
        return dict(
            self._connection.execute(
                "SELECT json_extract(body, ?) AS value, count(*) FROM documents WHERE kind = ?"
                " GROUP BY value",
                (f"$.{field}", self._kind),
            ).fetchall()
        )

    def page(
        self, query: PageQuery, *where: Where, parent: str, oldest_first: bool = False
    ) -> Page:
        """A page of the documents that meet the conditions. Raises ApiError on a strange cursor."""
        order, beyond = ("ASC", ">") if oldest_first else ("DESC", "<")
        if query.after is not None:
            row = self._connection.execute(
                "SELECT seq FROM documents WHERE kind = ? AND parent = ? AND id = ?",
                (self._kind, parent, query.after),
            ).fetchone()
            if row is None:
                raise bad_value(f"Invalid 'after': there is no '{query.after}'.", "after")
            where = (*where, Where(f"seq {beyond} ?", (row[0],)))
        found = self._select(
            _within(parent, *where), f"ORDER BY seq {order} LIMIT {query.limit + 1}"
        )
        return Page(
            data=[d.shown() for d in found[: query.limit]], has_more=len(found) > query.limit
        )

    def _select(self, where: Sequence[Where], then: str = "") -> list[D]:
        sql = "".join(f" AND ({w.sql})" for w in where)
        values = [value for w in where for value in w.values]
        rows = self._connection.execute(
            # Conditions are written in this package; what clients send is bound.
            f"SELECT body FROM documents WHERE kind = ?{sql} {then}",  # noqa: S608
            (self._kind, *values),
        )
        return [self._model.model_validate_json(body) for (body,) in rows]


def _within(parent: str | None, *where: Where) -> list[Where]:
    """The conditions, and that the documents are this parent's, if one is given."""
    return [*where] if parent is None else [Where("parent = ?", (parent,)), *where]


class Store:
    """All collections, and the thread that they live in."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
        self._connection.executescript(_SCHEMA)
        self._upgrade()
        self.files = Collection(self._connection, "file", File)
        self.uploads = Collection(self._connection, "upload", StoredUpload)
        self.parts = Collection(self._connection, "part", UploadPart)
        self.jobs = Collection(self._connection, "job", StoredJob)
        self.events = Collection(self._connection, "event", JobEvent)
        self.checkpoints = Collection(self._connection, "checkpoint", JobCheckpoint)
        self.models = Collection(self._connection, "model", StoredModel)
        self.keys = Collection(self._connection, "key", StoredKey)
        self.webhooks = Collection(self._connection, "webhook", StoredWebhook)
        self.deliveries = Collection(self._connection, "delivery", Delivery)
        self.answers = Collection(self._connection, "answer", StoredAnswer)

    def _upgrade(self) -> None:
        """Files, uploads, jobs and models had no team at first."""
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            self._connection.executescript(
                f"UPDATE documents SET parent = '{LOCAL_TEAM}' WHERE parent = '';"  # noqa: S608
                "PRAGMA user_version = 1;"
            )

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work as one transaction; what it raises undoes it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.do, work)

    def close(self) -> None:
        """Finish what is under way and close the file."""
        self._thread.shutdown()
        self._connection.close()

    def do(self, work: Callable[[], T]) -> T:
        """The same, in the caller's thread: for programs without an event loop."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work()
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return result
