"""What this server keeps of a job whose engine works on another machine: `launch.json`.

A job is submitted under an id of ours, `JOB-N`: N counts its submissions, so that one whose answer
was lost is found again and never made twice. Within a submission a worker that begins, the first
or one after a machine was lost, is a stay: only the latest may write.
"""

import os
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tunesmith.local.trainer.jobs import (
    CONTROL_FILE,
    JOB_FILE,
    TRAIN_FILE,
    VALID_FILE,
    Control,
    ExitCode,
    Failed,
    JobSpec,
)
from tunesmith.local.trainer.launchers.guard import EVENTS_FILE

_LAUNCH_FILE = "launch.json"
_ARRIVING = ".arriving"
_GIVEN = frozenset((JOB_FILE, TRAIN_FILE, VALID_FILE))
"""What the server writes and a worker only reads."""
_OURS = _GIVEN | {EVENTS_FILE, CONTROL_FILE, _LAUNCH_FILE, "engine.log"}
_WRITING = threading.Lock()
_PART = re.compile(r"[A-Za-z0-9_][\w.\-]*", re.ASCII)


class StaleError(Exception):
    """A worker asks whose submission or stay is not the latest any more: it is to leave."""


class Launch(BaseModel):
    """Where a job's latest submission stands.

    `accepted`: the cluster has said that it has it. `begins`: the byte of the event log from which
    the stay's events stand. `code`: how the engine ended, `why`: what the cluster says of that.
    """

    model_config = ConfigDict(extra="forbid")

    number: int
    accepted: bool = False
    stay: str | None = None
    begins: int = 0
    code: int | None = None
    why: str | None = None

    def submission(self, folder: Path) -> str:
        """The id under which the cluster has it."""
        return f"{folder.name}-{self.number}"


class Sent(BaseModel):
    """A file: its name relative to the job's folder, its size in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    size: Annotated[int, Field(ge=0)]


class Update(BaseModel):
    """What a worker sends; the events' bytes and then those of the files follow.

    `at` is the byte of the stay's events at which these begin, `kept` every file that the job's
    folder has there. A worker that does not write has no stay, and tells why it failed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    submission: str
    stay: str | None
    at: Annotated[int, Field(ge=0)]
    events: Annotated[int, Field(ge=0, le=64 * 1024 * 1024)]
    files: tuple[Sent, ...] = ()
    kept: frozenset[str] | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A job's folder on this machine."""

    path: Path

    def launch(self) -> Launch | None:
        """The latest submission, if there is one."""
        try:
            return Launch.model_validate_json((self.path / _LAUNCH_FILE).read_bytes())
        except FileNotFoundError:
            return None

    def current(self) -> Launch:
        """The submission that has not ended; a new one where there is none."""
        with _WRITING:
            launch = self.launch()
            if launch is None or launch.code is not None:
                launch = Launch(number=launch.number + 1 if launch else 1)
                self._write(launch)
            return launch

    def accept(self, submission: str) -> None:
        """The cluster has the submission."""
        with _WRITING:
            launch = self.launch()
            if launch and launch.submission(self.path) == submission:
                self._write(launch.model_copy(update={"accepted": True}))

    def end(self, submission: str, code: int, why: str | None = None) -> None:
        """The cluster says that the submission has ended; what a worker has said counts more."""
        with _WRITING:
            launch = self.launch()
            if launch and launch.code is None and launch.submission(self.path) == submission:
                self._write(launch.model_copy(update={"code": code, "why": why}))

    def refuse(self, submission: str, failed: Failed) -> None:
        """The cluster will not take the submission, which ends the job."""
        with _WRITING:
            self._drop_half_line()
            with (self.path / EVENTS_FILE).open("ab") as log:
                log.write(failed.model_dump_json().encode() + b"\n")
        self.end(submission, ExitCode.FAILED)

    def begin(self, submission: str, stay: str) -> None:
        """From now on this stay writes. Raises StaleError."""
        with _WRITING:
            launch = self._running(submission)
            if launch.stay != stay:
                self._drop_half_line()
                launch.stay, launch.begins, launch.accepted = stay, self._events_size(), True
                self._write(launch)

    def given(self) -> list[Sent]:
        """What a worker needs to begin or to go on."""
        return [
            Sent(name=name, size=file.stat().st_size)
            for name, file in _files(self.path)
            if name in _GIVEN or name not in _OURS
        ]

    def parent(self) -> Path | None:
        """The folder of the model to go on from."""
        return JobSpec.model_validate_json((self.path / JOB_FILE).read_bytes()).parent

    def arriving(self) -> Path:
        """An empty folder for what a worker sends."""
        aside = self.path / _ARRIVING
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        return aside

    def apply(self, update: Update, events: bytes, arrived: Path | None) -> int:
        """Take over what has arrived; gives the bytes of the stay's events that are here.

        The events first: a state that is here must not be ahead of what was told. Where this server
        is killed in between, the worker sends all of it again. Raises StaleError.
        """
        with _WRITING:
            launch = self._running(update.submission)
            if update.stay is not None and launch.stay != update.stay:
                raise StaleError
            received = self._events_size() - launch.begins if update.stay else 0
            if update.at <= received:
                with (self.path / EVENTS_FILE).open("ab") as log:
                    log.write(events[received - update.at :])
                received = max(received, update.at + len(events))
            for number, sent in enumerate(update.files):
                assert arrived is not None
                target = self.path / sent.name
                target.parent.mkdir(parents=True, exist_ok=True)
                (arrived / str(number)).replace(target)
            if update.kept is not None:
                self._keep(update.kept)
            if update.code is not None:
                launch.code = update.code
                self._write(launch)
            return received

    def _write(self, launch: Launch) -> None:
        draft = self.path / f".{_LAUNCH_FILE}"
        draft.write_text(launch.model_dump_json())
        draft.replace(self.path / _LAUNCH_FILE)

    def _running(self, submission: str) -> Launch:
        launch = self.launch()
        if launch is None or launch.code is not None or launch.submission(self.path) != submission:
            raise StaleError
        return launch

    def _keep(self, names: frozenset[str]) -> None:
        """Remove what the engine has removed."""
        for name, file in _files(self.path):
            if name not in names and name not in _OURS:
                file.unlink()
                if file.parent != self.path and not any(file.parent.iterdir()):
                    file.parent.rmdir()

    def _events_size(self) -> int:
        log = self.path / EVENTS_FILE
        return log.stat().st_size if log.exists() else 0

    def _drop_half_line(self) -> None:
        log = self.path / EVENTS_FILE
        if log.exists():
            content = log.read_bytes()
            if not content.endswith(b"\n"):
                os.truncate(log, content.rfind(b"\n") + 1)


def may_send(name: str) -> bool:
    """Can a worker write a file of this name, relative to the job's folder?"""
    return name not in _OURS and all(_PART.fullmatch(part) for part in name.split("/"))


def _files(folder: Path) -> list[tuple[str, Path]]:
    """The files below a folder, but those that are being written (`.NAME`)."""
    found: list[tuple[str, Path]] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            found.append((name.as_posix(), path))
    return found


def listing(folder: Path) -> list[Sent]:
    """The files of a model's folder."""
    return [Sent(name=name, size=file.stat().st_size) for name, file in _files(folder)]


def control_of(status: str) -> Control | None:
    """What an engine is to do whose job has this status."""
    match status:
        case "pausing" | "paused":
            return Control.PAUSE
        case "queued" | "running":
            return None
        case _:
            return Control.CANCEL
