"""An engine's stay on another machine: fetch the job, let the engine work, bring back what it made.

Any Python can run this file, whatever is installed for it. It speaks to launchers/listener.py.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple  # noqa: UP035

from tunesmith.local.trainer.launchers import guard

_READ_SECONDS = 0.5
_HEARTBEAT_SECONDS = 5.0
_CHUNK_BYTES = 1024 * 1024
_PATIENCE_SECONDS = 3600.0
_REQUEST_SECONDS = 600.0
_GIVEN = ("job.json", "train.jsonl", "valid.jsonl")
_OURS = (*_GIVEN, guard.EVENTS_FILE, "control", "control.new")
_DONE, _FAILED, _PAUSED, _CANCELLED = 0, 1, 3, 4  # ExitCode in jobs.py, which needs pydantic


class Stale(Exception):  # noqa: N818
    """The job has ended, or another worker has it."""


class Trainer:
    """The server that the job came from. `url` is that of the job."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}

    def read(self, path: str) -> "dict[str, Any]":
        """An answer in JSON."""
        with self._open(path) as answer:
            return json.loads(answer.read())

    def fetch(self, path: str, target: Path) -> None:
        """Write an answer to a file."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._open(path) as answer, target.open("wb") as file:
            while chunk := answer.read(_CHUNK_BYTES):
                file.write(chunk)

    def post(
        self, path: str, body: Any, size: int, headers: "dict[str, str] | None" = None
    ) -> "dict[str, Any]":
        """Send a body of so many bytes; the answer in JSON. Raises Stale, OSError."""
        headers = {"Content-Length": str(size), **(headers or {})}
        with self._open(path, body, headers) as answer:
            return json.loads(answer.read())

    def _open(self, path: str, body: Any = None, headers: "dict[str, str] | None" = None) -> Any:
        # The address is the one that the submission carries.
        request = urllib.request.Request(  # noqa: S310
            self._url + path, data=body, headers={**self._headers, **(headers or {})}
        )
        try:
            return urllib.request.urlopen(request, timeout=_REQUEST_SECONDS)  # noqa: S310
        except urllib.error.HTTPError as error:
            if error.code == 409:
                raise Stale from error
            raise


def patiently(work: "Callable[[], Any]") -> Any:
    """What `work` gives, once the server answers. Raises OSError where it does not for an hour."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return work()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_HEARTBEAT_SECONDS)


class Stay:
    """One worker's work on a job. The one that has no `name` does not write."""

    def __init__(self, trainer: Trainer, submission: str, folder: Path, name: "str | None"):
        self._trainer = trainer
        self._submission = submission
        self._folder = folder
        self._name = name
        self._received = 0
        self._sent: Dict[str, Tuple[int, int]] = {}  # noqa: UP006
        self._updated = 0.0

    def fetch(self) -> None:
        """Lay out the job's folder here, as it is where the job came from."""
        given = self._trainer.read("")
        for file in given["files"]:
            self._trainer.fetch("/files/" + file["name"], self._folder / file["name"])
        job_file = self._folder / "job.json"
        job = json.loads(job_file.read_text("utf-8"))
        if given["parent"] is not None:
            parent = self._folder / ".parent"
            for file in given["parent"]:
                self._trainer.fetch("/parent/" + file["name"], parent / file["name"])
            job["parent"] = str(parent)
            job_file.write_text(json.dumps(job), "utf-8")
        self._sent = self._files()

    def work(self, command: "list[str]", root: Path) -> int:
        """Let the engine work until it leaves; gives its exit code."""
        # It leaves when this process does: guard.py reads the pipe.
        engine = subprocess.Popen(  # noqa: S603
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        try:
            while engine.poll() is None:
                time.sleep(_READ_SECONDS)
                if self._name:
                    self._try_update()
        except Stale:
            return _CANCELLED
        finally:
            engine.kill()
            engine.wait()
        return engine.returncode

    def _try_update(self) -> None:
        """Bring back what is new; a server that is away is tried again the next time."""
        try:
            self.update(None)
        except OSError as error:
            print(f"The trainer does not answer: {error}", file=sys.stderr, flush=True)  # noqa: T201

    def update(self, code: "int | None") -> None:
        """Send events and files that are new, and heed the answer. Raises Stale, OSError."""
        files = self._stable_files()
        changed = [name for name, seen in files.items() if self._sent.get(name) != seen]
        events = self._events()
        due = time.monotonic() - self._updated > _HEARTBEAT_SECONDS
        if not (changed or events or due) and code is None:
            return
        opened: List[Any] = []  # noqa: UP006
        try:
            for name in changed:
                opened.append((self._folder / name).open("rb"))  # noqa: PERF401
            sizes = [os.fstat(file.fileno()).st_size for file in opened]
            header = {
                "submission": self._submission,
                "stay": self._name,
                "at": self._received,
                "events": len(events),
                "files": [{"name": n, "size": size} for n, size in zip(changed, sizes)],  # noqa: B905
                "kept": sorted(files),
                "code": code,
            }
            answer = self._send(header, events, opened)
        finally:
            for file in opened:
                file.close()
        self._received = answer["received"]
        self._sent = files
        self._updated = time.monotonic()
        if code is None:
            self.heed(answer["control"])

    def tell_failure(self) -> None:
        """Say why a worker failed that does not write."""
        events = b"".join(self._failures()[-1:])
        about = {"submission": self._submission, "stay": None, "at": 0, "code": _FAILED}
        self._send({**about, "events": len(events)}, events, [])

    def has_failed(self) -> bool:
        """Has the engine said why it cannot go on?"""
        return bool(self._failures())

    def _failures(self) -> "list[bytes]":
        log = self._folder / guard.EVENTS_FILE
        lines = log.read_bytes().splitlines(keepends=True) if log.exists() else []
        return [line for line in lines if _is_failure(line)]

    def _send(self, header: "dict[str, Any]", events: bytes, files: "list[Any]") -> Any:
        first = json.dumps(header).encode()
        size = len(first) + len(events) + sum(file["size"] for file in header.get("files", []))
        headers = {"X-Header-Bytes": str(len(first))}
        return self._trainer.post("/updates", _body(first + events, files), size, headers)

    def heed(self, control: "str | None") -> None:
        """Pass an order on to the engine."""
        if control:
            draft = self._folder / "control.new"
            draft.write_text(control)
            draft.replace(self._folder / "control")

    def _events(self) -> bytes:
        """The whole lines that the server has not received."""
        try:
            with (self._folder / guard.EVENTS_FILE).open("rb") as log:
                log.seek(self._received)
                content = log.read()
        except FileNotFoundError:
            return b""
        return content[: content.rfind(b"\n") + 1]

    def _stable_files(self) -> "dict[str, tuple[int, int]]":
        """The files at one moment: a folder that changes while it is read is read again."""
        files = self._files()
        while (again := self._files()) != files:
            files = again
        return files

    def _files(self) -> "dict[str, tuple[int, int]]":
        found: Dict[str, Tuple[int, int]] = {}  # noqa: UP006
        for path in sorted(self._folder.rglob("*")):
            name = path.relative_to(self._folder)
            if any(part.startswith(".") for part in name.parts) or name.as_posix() in _OURS:
                continue
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                found[name.as_posix()] = (stat.st_size, stat.st_mtime_ns)
        return found


def _is_failure(line: bytes) -> bool:
    try:
        return json.loads(line)["event"] == "failed"
    except (ValueError, KeyError, TypeError):
        return False


def _body(start: bytes, files: "list[Any]") -> "Iterator[bytes]":
    yield start
    for file in files:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def begin(trainer: Trainer, submission: str) -> "str | None":
    """Become the worker that writes; gives the stay's name, None where the job is over."""
    name = uuid.uuid4().hex
    body = json.dumps({"submission": submission, "stay": name}).encode()
    try:
        patiently(lambda: trainer.post("/stays", body, len(body)))
    except Stale:
        return None
    return name


def measure(job: "dict[str, Any]", environment: "dict[str, str]") -> "str | None":
    """Let the engine of a job take a few steps here; gives what it says, if it could."""
    root = Path(__file__).parents[5]
    os.environ.update(environment)
    with tempfile.TemporaryDirectory(prefix="tunesmith-") as made:
        Path(made, "job.json").write_text(job["measure"], "utf-8")
        command = [sys.executable, guard.__file__, str(root / "engine"), job["module"]]
        engine = subprocess.Popen(  # noqa: S603
            [*command, "--measure", made], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert engine.stdout
        said = engine.stdout.read().decode()
        return said if engine.wait() == _DONE else None


def run(job: "dict[str, Any]", stay: "str | None", environment: "dict[str, str]") -> None:
    """Let the engine of a job work here until it has left.

    `job` is what the submission carries (`Carried` in ray.py). Raises RuntimeError where the engine
    died in a way that another try may cure.
    """
    root = Path(__file__).parents[5]
    os.environ.update(environment)
    with tempfile.TemporaryDirectory(prefix="tunesmith-") as made:
        trainer = Trainer(job["url"], job["token"])
        here = Stay(trainer, job["submission"], Path(made), stay)
        patiently(here.fetch)
        command = [sys.executable, guard.__file__, str(root / "engine"), job["module"], made]
        code = here.work(command, root)
        try:
            if stay is None:
                if code and here.has_failed():
                    here.tell_failure()
            elif code in (_DONE, _PAUSED, _CANCELLED) or here.has_failed() or job["workers"] == 1:
                patiently(lambda: here.update(code))
                return
        except Stale:
            return
        if code not in (_DONE, _PAUSED, _CANCELLED):
            raise RuntimeError(f"The engine ended with {code}.")
