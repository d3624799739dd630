"""A provider that speaks Together's protocol, from its published types (`together` 3.1.1).

Files go to a signed address in two steps, jobs live under `/v1/fine-tunes`, metrics are rows of
their own, models are asked in OpenAI's shape.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.support.provider_server import ProviderServer, listening, refusal, stream_answer

Row = dict[str, Any]
_LIMITS = {
    "default_gradient_accumulation_steps": 1,
    "max_learning_rate": 0.01,
    "max_num_checkpoints": 10,
    "max_num_epochs": 20,
    "max_num_evals": 100,
    "max_seq_length_dpo": 8192,
    "max_seq_length_sft": 8192,
    "merge_output_lora": True,
    "min_learning_rate": 1e-9,
    "min_max_seq_length": 512,
    "supports_full_training": False,
    "supports_reasoning": False,
    "supports_tools": True,
    "supports_vision": False,
    "lora_training": {
        "default_rank": 8,
        "max_batch_size": 8,
        "max_batch_size_dpo": 8,
        "max_rank": 64,
        "min_batch_size": 8,
        "target_modules": ["all-linear"],
    },
}


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


@dataclass
class TogetherServer(ProviderServer):
    """Files, jobs, events and metrics in memory; a test moves jobs on.

    `uploaded` are the bytes of files by id, `metrics` the rows of jobs by id. `bases` are the
    models that can be trained; unless it `allows` jobs, each costs more than the account has.
    """

    uploaded: dict[str, bytes] = field(default_factory=dict[str, bytes])
    states: dict[str, str] = field(default_factory=dict[str, str])
    metrics: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    bases: set[str] = field(default_factory=lambda: {"Qwen/Qwen3-8B"})
    imports_at_once: bool = True
    allows: bool = True

    def app(self) -> web.Application:
        """The server's routes."""
        app = web.Application(middlewares=[self._fail], client_max_size=1 << 30)
        jobs = "/v1/fine-tunes"
        app.router.add_post("/v1/files", self._place)
        app.router.add_put("/bucket/{id}", self._put)
        app.router.add_post("/v1/files/{id}/preprocess", self._preprocess)
        app.router.add_get("/v1/files", self._list_files)
        app.router.add_get("/v1/files/{id}", self._file)
        app.router.add_delete("/v1/files/{id}", self._delete_file)
        app.router.add_post(jobs, self._create)
        app.router.add_get(jobs, self._list_jobs)
        app.router.add_post(jobs + "/estimate-price", self._price)
        app.router.add_get(jobs + "/models/limits", self._limits)
        app.router.add_get(jobs + "/{id}", self._job)
        app.router.add_delete(jobs + "/{id}", self._delete_job)
        app.router.add_post(jobs + "/{id}/cancel", self._cancel)
        app.router.add_get(jobs + "/{id}/events", self._list_events)
        app.router.add_get(jobs + "/{id}/metrics", self._list_metrics)
        app.router.add_get(jobs + "/{id}/checkpoints", self._list_checkpoints)
        app.router.add_get("/v1/models", self._list_models)
        app.router.add_post("/v1/chat/completions", self._chat)
        return app

    def add_job(self, name: str, **values: Any) -> Row:
        """A job that runs."""
        row: Row = {
            "id": name,
            "status": "running",
            "user_id": "user-1",
            "created_at": _now(),
            "updated_at": _now(),
            "training_file": f"file-of-{name}",
            "model_output_name": f"team/Qwen3-8B:{name}",
            "adapter_output_name": None,
            "total_price": 0,
            "token_count": 0,
            **values,
        }
        self.jobs[name] = row
        return row

    def tell(self, job: str, kind: str, message: str = "", **values: Any) -> None:
        """An event of a job."""
        row = {"object": "fine-tune-event", "type": kind, "message": message, **values}
        self.events.setdefault(job, []).append({"created_at": _now(), "level": "info", **row})

    def complete(self, job: str, *, tokens: int, nanodollars: int) -> None:
        """The job has succeeded, and cost this much."""
        row = self.jobs[job]
        row |= {"status": "completed", "token_count": tokens, "total_price": nanodollars}
        row["updated_at"] = _now()

    async def _place(self, request: web.Request) -> web.Response:
        form = await request.post()
        name = f"file-{next(self._number)}"
        self.files[name] = str(form["file_name"])
        self.states[name] = "PENDING"
        headers = {
            "Location": f"{self.url.removesuffix('/v1')}/bucket/{name}",
            "X-Together-File-Id": name,
        }
        return web.Response(status=302, headers=headers)

    async def _put(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            return web.Response(status=400, text="the key went to the bucket")
        self.uploaded[request.match_info["id"]] = await request.read()
        return web.Response()

    async def _preprocess(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if self.imports_at_once:
            self.states[name] = "COMPLETED"
        return web.json_response(self._file_row(name))

    def _file_row(self, name: str) -> Row:
        return {
            "id": name,
            "object": "file",
            "bytes": len(self.uploaded.get(name, b"")),
            "created_at": int(time.time()),
            "filename": self.files[name],
            "FileType": "jsonl",
            "purpose": "fine-tune",
            "processing_status": self.states[name],
        }

    async def _list_files(self, request: web.Request) -> web.Response:
        return web.json_response({"data": [self._file_row(name) for name in self.files]})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if name not in self.files:
            return refusal(404, "no such file")
        return web.json_response(self._file_row(name))

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.created.append(asked)
        await self.may_create.wait()
        if ("model" in asked) == ("from_checkpoint" in asked):
            return refusal(400, "either a model or a checkpoint")
        if asked["training_method"]["method"] not in ("sft", "dpo"):
            return refusal(422, "unknown training method")
        if self.states.get(asked["training_file"]) != "COMPLETED":
            return refusal(400, "the training file is not validated")
        name = f"ft-{next(self._number)}"
        kept = {key: value for key, value in asked.items() if key != "metadata"}
        output = f"team/{asked.get('model', 'tuned')}:{asked.get('suffix', '')}:{name}"
        row = self.add_job(name, **kept, status="pending", model_output_name=output)
        return web.json_response(row)

    async def _list_jobs(self, request: web.Request) -> web.Response:
        rows = [] if self.hidden else list(self.jobs.values())[::-1]
        return web.json_response({"data": rows})

    async def _job(self, request: web.Request) -> web.Response:
        row = self.jobs.get(request.match_info["id"])
        if row is None:
            return refusal(404, "no such job")
        return web.json_response({**row, "events": self.events.get(row["id"], [])})

    async def _delete_job(self, request: web.Request) -> web.Response:
        if self.jobs.pop(request.match_info["id"], None) is None:
            return refusal(404, "no such job")
        return web.json_response({"message": "deleted"})

    async def _cancel(self, request: web.Request) -> web.Response:
        row = self.jobs[request.match_info["id"]]
        if row["status"] in ("completed", "error", "cancelled"):
            return refusal(400, "the job has ended")
        row["status"] = "cancel_requested"
        return web.json_response(row)

    async def _list_events(self, request: web.Request) -> web.Response:
        return web.json_response({"data": self.events.get(request.match_info["id"], [])})

    async def _list_metrics(self, request: web.Request) -> web.Response:
        return web.json_response({"metrics": self.metrics.get(request.match_info["id"], [])})

    async def _list_checkpoints(self, request: web.Request) -> web.Response:
        return web.json_response({"data": self.checkpoints.get(request.match_info["id"], [])})

    async def _price(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if self.states.get(asked["training_file"]) != "COMPLETED":
            reason = "train_file_not_validated"
            return web.json_response({"estimation_available": False, "unavailable_reason": reason})
        return web.json_response(
            {
                "estimation_available": True,
                "allowed_to_proceed": self.allows,
                "estimated_total_price": 1.5 * asked["n_epochs"],
                "estimated_train_token_count": 1_000,
                "estimated_eval_token_count": 0,
                "user_limit": 100,
            }
        )

    async def _limits(self, request: web.Request) -> web.Response:
        name = request.query["model_name"]
        if name not in self.bases:
            return refusal(404, "this model can't be trained")
        return web.json_response({"model_name": name, **_LIMITS})

    async def _list_models(self, request: web.Request) -> web.Response:
        return web.json_response([{"id": name, "object": "model"} for name in sorted(self.bases)])

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        if asked["model"] not in self.served:
            return refusal(404, "the model is not deployed")
        return await stream_answer(request, asked["model"])


@asynccontextmanager
async def together_server() -> AsyncGenerator[TogetherServer]:
    """A server that listens inside of the block."""
    server = TogetherServer()
    async with listening(server):
        yield server
