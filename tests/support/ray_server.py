"""A server in the shape of Ray's Jobs API, as Ray 2.60 answers, that runs one worker for a job.

`faults` are met in order, one a request whose method and path begin so: `"500"`, `"lost"` (it
takes effect, then the connection is closed), `"drop"` (closed before), `"404"`.
"""

import asyncio
import json
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

TOKEN = "ray-token-of-the-tests"
ROOT = Path(__file__).parents[2]
# What Ray Train does with it: one worker begins, and then works.
_WORKER = """
import json, os, sys
from tunesmith.local.trainer.launchers.node import worker
job = json.loads(os.environ["TUNESMITH_JOB"])
stay = worker.begin(worker.Trainer(job["url"], job["token"]), job["submission"])
if stay:
    worker._READ_SECONDS = worker._HEARTBEAT_SECONDS = 0.1
    worker.run(job, stay, {})
"""


@dataclass
class Submission:
    """A job that was submitted."""

    asked: dict[str, Any]
    status: str = "PENDING"
    message: str | None = "Job has not started yet. It may be waiting for resources."
    process: Process | None = None
    restarts: int = 0


@dataclass
class Ray:
    """A cluster of one place. `full`: nothing that is submitted begins."""

    url: str = ""
    full: bool = False
    faults: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    jobs: dict[str, Submission] = field(default_factory=dict[str, Submission])
    packages: dict[str, bytes] = field(default_factory=dict[str, bytes])
    posts: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def release(self) -> None:
        """There is room now."""
        self.full = False
        for job in self.jobs.values():
            if job.status == "PENDING":
                self.begin(job)

    def begin(self, job: Submission) -> None:
        """Let a job run."""
        task = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def lose_worker(self, job: Submission) -> None:
        """Its machine dies; Ray Train finds another one."""
        job.restarts += 1
        assert job.process
        job.process.kill()
        await job.process.wait()

    async def _run(self, job: Submission) -> None:
        job.status, job.message = "RUNNING", None
        while True:
            tries = job.restarts
            job.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _WORKER), cwd=ROOT, env=job.asked["runtime_env"]["env_vars"]
            )
            code = await job.process.wait()
            if job.restarts == tries:
                break
        if job.status == "RUNNING":
            job.status = "FAILED" if code else "SUCCEEDED"

    async def stop_all(self) -> None:
        for job in self.jobs.values():
            if job.process and job.process.returncode is None:
                job.process.kill()
        await asyncio.gather(*self._tasks)


@web.middleware
async def _meet(request: web.Request, handler: Any) -> web.StreamResponse:
    ray = request.app[_RAY]
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return web.Response(status=403, text="Forbidden: Invalid authentication token")
    for fault in ray.faults:
        method, path, kind = fault
        if request.method == method and request.path.startswith(path):
            ray.faults.remove(fault)
            if kind.isdigit():
                return web.Response(status=int(kind), text="Traceback ...\nException: a bad day")
            if kind == "lost":
                await handler(request)
            assert request.transport
            request.transport.close()
            return web.Response()
    return await handler(request)


_RAY = web.AppKey("ray", Ray)
_routes = web.RouteTableDef()


@_routes.get("/api/packages/gcs/{name}")
async def _package(request: web.Request) -> web.Response:
    known = request.match_info["name"] in request.app[_RAY].packages
    return web.Response(status=200 if known else 404)


@_routes.put("/api/packages/gcs/{name}")
async def _put_package(request: web.Request) -> web.Response:
    request.app[_RAY].packages[request.match_info["name"]] = await request.read()
    return web.Response()


@_routes.post("/api/jobs/")
async def _submit(request: web.Request) -> web.Response:
    ray, asked = request.app[_RAY], await request.json()
    ray.posts += 1
    name = asked["submission_id"]
    if name in ray.jobs:
        said = f"ValueError: Job with submission_id {name} already exists. Please use a different"
        return web.Response(status=400, text=f"Traceback ...\n{said} submission_id.\n")
    package = asked["runtime_env"]["working_dir"].removeprefix("gcs://")
    assert package in ray.packages
    ray.jobs[name] = Submission(asked)
    if not ray.full:
        ray.begin(ray.jobs[name])
    return web.json_response({"job_id": name, "submission_id": name})


@_routes.get("/api/jobs/{name}")
async def _job(request: web.Request) -> web.Response:
    job = request.app[_RAY].jobs.get(request.match_info["name"])
    if job is None:
        return web.Response(status=404, text="Job does not exist")
    about = {"type": "SUBMISSION", "status": job.status, "message": job.message, "job_id": None}
    return web.json_response({**about, "runtime_env": job.asked["runtime_env"]})


@_routes.get("/api/jobs/{name}/logs")
async def _logs(request: web.Request) -> web.Response:
    return web.Response(text=json.dumps({"logs": "the driver's log"}))


@_routes.post("/api/jobs/{name}/stop")
async def _stop(request: web.Request) -> web.Response:
    job = request.app[_RAY].jobs.get(request.match_info["name"])
    if job is None:
        return web.Response(status=404, text="Job does not exist")
    if job.status in ("PENDING", "RUNNING"):
        job.status = "STOPPED"
        if job.process and job.process.returncode is None:
            job.process.kill()
    return web.json_response({"stopped": True})


@asynccontextmanager
async def serving_ray() -> AsyncGenerator[Ray]:
    """A cluster that runs nothing yet."""
    ray = Ray()
    app = web.Application(middlewares=[_meet], client_max_size=64 * 1024 * 1024)
    app[_RAY] = ray
    app.add_routes(_routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ray.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield ray
    finally:
        await ray.stop_all()
        await runner.cleanup()
