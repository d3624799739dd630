"""A server in the shape of Ray's Jobs API, as Ray 2.60 answers, that runs one worker for a job.

It stands behind a path, as behind KubeRay's ingress. `faults` are met in order, one a request whose
method and path begin so: see `Fault`.
"""

import asyncio
import io
import json
import socket
import sys
import zipfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiohttp import web

TOKEN = "ray-token-of-the-tests"
PREFIX = "/a-cluster"
ROOT = Path(__file__).parents[2]
# What Ray Train does with it: one worker begins, and then works. Its clock is a year behind.
_WORKER = """
import json, os, sys, time
now = time.time
time.time = lambda: now() - 365 * 24 * 3600
from tunesmith.local.trainer.launchers.node import driver, worker
job = json.loads(os.environ["TUNESMITH_JOB"])
if "measure" in job:
    print(driver.MEASURED + (worker.measure(job, {}) or ""))
    sys.exit()
stay = worker.begin(worker.Trainer(job["url"], job["token"]), job["submission"])
if stay:
    worker._READ_SECONDS = worker._HEARTBEAT_SECONDS = 0.1
    worker.run(job, stay, {})
"""


class Fault(StrEnum):
    """What happens to a request."""

    ERROR = "a status 500 with a traceback"
    REFUSAL = "a status 400 with a traceback"
    LOST = "it takes effect, then the connection is closed"
    DROP = "the connection is closed before"
    CUT = "it takes effect, and half of the answer comes"
    NOISE = "something that is not HTTP"
    LOGIN = "a web page that asks for a password, with status 200"
    MOVED = "a status 302 to such a page"
    GATEWAY = "a proxy's page, with status 502"
    NOWHERE = "the 404 of a proxy that does not know the path"
    ELSEWHERE = "an answer in JSON that is none of Ray's"
    HANG = "no answer"


@dataclass
class Submission:
    """A job that was submitted."""

    asked: dict[str, Any]
    status: str = "PENDING"
    log: str = "the driver's log\n"
    message: str | None = "Job has not started yet. It may be waiting for resources."
    process: Process | None = None
    restarts: int = 0


@dataclass
class Ray:
    """A cluster of one place. `full`: nothing that is submitted begins.

    `nodes` has the resources of each machine, `kinds` what the autoscaler calls those that it has
    made; without one, each machine is of its own.
    """

    folder: Path
    url: str = ""
    full: bool = False
    faults: list[tuple[str, str, Fault]] = field(default_factory=list[tuple[str, str, Fault]])
    token: str = TOKEN
    nodes: list[dict[str, float]] = field(default_factory=list[dict[str, float]])
    kinds: dict[str, str] | None = None
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
        folder = self._unpacked(job.asked["runtime_env"]["working_dir"].removeprefix("gcs://"))
        while True:
            tries = job.restarts
            job.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _WORKER),
                cwd=folder,
                env={**job.asked["runtime_env"]["env_vars"], "PYTHONPATH": str(ROOT)},
                stdout=PIPE,
            )
            said, _ = await job.process.communicate()
            code, job.log = job.process.returncode, job.log + said.decode()
            if job.restarts == tries:
                break
        if job.status == "RUNNING":
            job.status = "FAILED" if code else "SUCCEEDED"

    def _unpacked(self, package: str) -> Path:
        """The folder in which each worker of a node begins."""
        folder = self.folder / package
        if not folder.exists():
            zipfile.ZipFile(io.BytesIO(self.packages[package])).extractall(folder)
        return folder

    async def stop_all(self) -> None:
        for job in self.jobs.values():
            if job.process and job.process.returncode is None:
                job.process.kill()
        await asyncio.gather(*self._tasks)


@web.middleware
async def _meet(request: web.Request, handler: Any) -> web.StreamResponse:
    ray = request.app[_RAY]
    path = request.path.removeprefix(PREFIX)
    for fault in ray.faults:
        if request.method == fault[0] and path.startswith(fault[1]):
            ray.faults.remove(fault)
            return await _with(fault[2], request, handler)
    if request.headers.get("Authorization") != f"Bearer {ray.token}":
        return web.Response(status=403, text="Forbidden: Invalid authentication token")
    return await handler(request)


async def _with(fault: Fault, request: web.Request, handler: Any) -> web.StreamResponse:
    page = "<html><body>Sign in, or try again</body></html>"
    match fault:
        case Fault.ERROR:
            return web.Response(status=500, text="Traceback ...\nException: no agent answers")
        case Fault.REFUSAL:
            return web.Response(status=400, text="Traceback ...\nValueError: no such field\n")
        case Fault.LOGIN:
            return web.Response(text=page, content_type="text/html")
        case Fault.MOVED:
            return web.Response(status=302, headers={"Location": "/login"}, text="302: Found")
        case Fault.GATEWAY:
            return web.Response(status=502, text=page, content_type="text/html")
        case Fault.NOWHERE:
            return web.Response(status=404, text="default backend - 404")
        case Fault.ELSEWHERE:
            return web.json_response({"status": "ok", "page": 1})
        case Fault.HANG:
            await asyncio.Event().wait()
        case Fault.LOST:
            await handler(request)
        case Fault.CUT:
            whole = await handler(request)
            half = web.StreamResponse(headers={"Content-Length": str(len(whole.body or b"") + 1)})
            await half.prepare(request)
            await half.write((whole.body or b"x")[:-1])
        case Fault.NOISE:
            assert request.transport
            request.transport.write(b"\x00\xff\x15\x03no http\r\n\r\n" * 40)
        case Fault.DROP:
            pass
    assert request.transport
    request.transport.close()
    return web.Response()


_RAY = web.AppKey("ray", Ray)
_routes = web.RouteTableDef()


@_routes.get("/api/packages/gcs/{name}")
async def _package(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in request.app[_RAY].packages:
        return web.Response(status=404, text=f"Package gcs://{name} does not exist")
    return web.Response()


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
        return web.Response(status=404, text=f"Job {request.match_info['name']} does not exist")
    about = {"type": "SUBMISSION", "status": job.status, "message": job.message, "job_id": None}
    return web.json_response({**about, "runtime_env": job.asked["runtime_env"]})


@_routes.get("/api/jobs/{name}/logs")
async def _logs(request: web.Request) -> web.Response:
    return web.json_response({"logs": request.app[_RAY].jobs[request.match_info["name"]].log})


@_routes.post("/api/jobs/{name}/stop")
async def _stop(request: web.Request) -> web.Response:
    job = request.app[_RAY].jobs.get(request.match_info["name"])
    if job is None:
        return web.Response(status=404, text=f"Job {request.match_info['name']} does not exist")
    if job.status in ("PENDING", "RUNNING"):
        job.status = "STOPPED"
        if job.process and job.process.returncode is None:
            job.process.kill()
    return web.json_response({"stopped": True})


@_routes.get("/api/v0/nodes")
async def _nodes(request: web.Request) -> web.Response:
    gone = {"state": "DEAD", "resources_total": {"CPU": 64.0, "GPU": 8.0}}
    there = [{"state": "ALIVE", "resources_total": one} for one in request.app[_RAY].nodes]
    return web.json_response({"result": True, "data": {"result": {"result": [gone, *there]}}})


@_routes.get("/api/cluster_status")
async def _cluster_status(request: web.Request) -> web.Response:
    ray = request.app[_RAY]
    kinds = ray.kinds or {f"{n}a": f"node_{n}a" for n in range(len(ray.nodes))}
    report = {"autoscalerReport": {"nodeTypeMapping": kinds, "legacy": True}}
    return web.json_response({"result": True, "data": {"clusterStatus": report}})


@asynccontextmanager
async def serving_ray(folder: Path) -> AsyncGenerator[Ray]:
    """A cluster that runs nothing yet; the folder is for what it unpacks."""
    ray = Ray(folder, nodes=[{"CPU": 4.0, "memory": 8e9}])
    app = web.Application(middlewares=[_meet], client_max_size=64 * 1024 * 1024)
    app[_RAY] = ray
    app.add_routes(_routes)
    front = web.Application(client_max_size=64 * 1024 * 1024)
    front.add_subapp(PREFIX, app)
    runner = web.AppRunner(front, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ray.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PREFIX}"
    try:
        yield ray
    finally:
        await ray.stop_all()
        await runner.cleanup()


def send_to(ray: Ray, engine: Path, **said: object) -> Path:
    """Let the jobs of the engine in this folder go to the cluster; gives the folder."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        here = f"127.0.0.1:{taken.getsockname()[1]}"
    about = {"address": ray.url, "listen": here, "reached_at": f"http://{here}", **said}
    lines = [f"{name} = {json.dumps(value)}" for name, value in about.items()]
    with (engine / "engine.toml").open("a") as file:
        file.write("\n[ray]\n" + "\n".join(lines) + "\n")
    return engine
