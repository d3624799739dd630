"""Ray Jobs over its REST API, version 4: the dashboard's port on a cluster's head.

What it answers was read in Ray 2.60 (dashboard/modules/job/job_head.py) and seen in a cluster of
it: a submission whose id is known is a 400 that says so, an id that is not known a 404 that says
so, a token that is missing a 401 and a wrong one a 403. Nothing of Ray is imported.

What stands before the dashboard (an ingress, a login page) answers too, with statuses and pages of
its own: those say nothing of a job.
"""

from enum import StrEnum
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, Field, ValidationError

_Answer = TypeVar("_Answer", bound=BaseModel)
_TIMEOUT = aiohttp.ClientTimeout(total=60)
_KEPT_BYTES = 1024 * 1024
"""The end of an answer that is kept: a job's log may be of any length."""


class RayStatus(StrEnum):
    """What a job's `status` can be."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    STOPPED = "STOPPED"


class RayJob(BaseModel):
    """What is known of a submission; `message` is for people."""

    status: RayStatus
    message: str | None = None


class RayNode(BaseModel):
    """A machine of the cluster, and all that it has of each resource (`CPU`, `GPU` ...)."""

    state: str
    resources_total: dict[str, float]


class _Nodes(BaseModel):
    result: list[RayNode]


class _NodesData(BaseModel):
    result: _Nodes


class _NodesAnswer(BaseModel):
    data: _NodesData


class _Report(BaseModel):
    kinds: dict[str, str] = Field(alias="nodeTypeMapping", min_length=1)


class _Status(BaseModel):
    report: _Report = Field(alias="autoscalerReport")


class _StatusData(BaseModel):
    status: _Status = Field(alias="clusterStatus")


class _StatusAnswer(BaseModel):
    data: _StatusData


class _Submitted(BaseModel):
    submission_id: str


class _Logs(BaseModel):
    logs: str


class RayAwayError(Exception):
    """The cluster did not do it, and may the next time. The message is half a sentence."""


class RayRefusalError(Exception):
    """The cluster will not take the submission, however often it is asked."""


class RayApi:
    """A client. Every method raises RayAwayError."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session:
            await self._session.close()

    async def job(self, submission: str) -> RayJob | None:
        """Where a submission stands; None where the cluster does not know it."""
        status, body = await self._ask("GET", f"/api/jobs/{submission}")
        if _is_unknown(status, body):
            return None
        _require(status, body)
        return _read(RayJob, body)

    async def submit(self, submission: str, **fields: Any) -> None:
        """Submit a job, or leave it at the one that has this id. Raises RayRefusalError."""
        document = {"submission_id": submission, **fields}
        status, body = await self._ask("POST", "/api/jobs/", json=document)
        if status == 400 and b"already exists" in body:
            return
        if status in (400, 422):
            raise RayRefusalError(_last_line(body))
        _require(status, body)
        _read(_Submitted, body)

    async def stop(self, submission: str) -> None:
        """End a job, waiting or running; one that has ended or is not known stays as it is."""
        status, body = await self._ask("POST", f"/api/jobs/{submission}/stop")
        if not _is_unknown(status, body):
            _require(status, body)

    async def logs(self, submission: str) -> str:
        """The end of what the job's driver wrote."""
        status, body = await self._ask("GET", f"/api/jobs/{submission}/logs")
        _require(status, body)
        if len(body) == _KEPT_BYTES:  # It may begin in the middle of what is escaped.
            body = b'{"logs": "' + body.lstrip(b'\\"')
        return _read(_Logs, body).logs

    async def nodes(self) -> list[RayNode]:
        """The machines of the cluster."""
        status, body = await self._ask("GET", "/api/v0/nodes?detail=true&limit=10000")
        _require(status, body)
        return [n for n in _read(_NodesAnswer, body).data.result.result if n.state == "ALIVE"]

    async def is_fixed(self) -> bool:
        """Is it sure that no autoscaler adds machines?

        Ray's monitor calls each machine that somebody has started by hand a kind of its own.
        """
        status, body = await self._ask("GET", "/api/cluster_status")
        _require(status, body)
        try:
            kinds = _StatusAnswer.model_validate_json(body).data.status.report.kinds
        except ValidationError:
            return False
        return all(kind == f"node_{node}" for node, kind in kinds.items())

    async def has_package(self, name: str) -> bool:
        """Is the package there, which a job's `working_dir` may be (`gcs://NAME`)?"""
        status, body = await self._ask("GET", f"/api/packages/gcs/{name}")
        if _is_unknown(status, body):
            return False
        _require(status, body)
        return True

    async def upload_package(self, name: str, content: bytes) -> None:
        """Keep a package in the cluster."""
        status, body = await self._ask("PUT", f"/api/packages/gcs/{name}", data=content)
        _require(status, body)

    async def _ask(self, method: str, path: str, **options: Any) -> tuple[int, bytes]:
        """The status and the end of the body."""
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT)
        url, kept = self._address + path, b""
        try:
            async with self._session.request(
                method, url, allow_redirects=False, **options
            ) as answer:
                async for chunk in answer.content.iter_any():
                    kept = (kept + chunk)[-_KEPT_BYTES:]
        except (TimeoutError, aiohttp.ClientError) as error:
            raise RayAwayError(f"it does not answer ({type(error).__name__})") from error
        if answer.content_type == "text/html" or 300 <= answer.status < 400:
            raise RayAwayError(
                f"a proxy or a login page answers for it, with status {answer.status}"
            )
        return answer.status, kept


def _is_unknown(status: int, body: bytes) -> bool:
    return status == 404 and b"does not exist" in body


def _read(model: type[_Answer], body: bytes) -> _Answer:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RayAwayError("its answer cannot be read") from error


def _require(status: int, body: bytes) -> None:
    """Raises RayAwayError for what is no success."""
    if status in (401, 403):
        raise RayAwayError("it refuses the token that this server has in RAY_AUTH_TOKEN")
    if status != 200:
        raise RayAwayError(f"it answers with status {status}: {_last_line(body)}")


def _last_line(body: bytes) -> str:
    """Of a traceback the error."""
    return body.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
