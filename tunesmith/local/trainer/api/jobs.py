"""/v1/fine_tuning/jobs: start, watch, pause, resume and cancel."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web
from pydantic import ValidationError

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import Page, answer, read_json, read_query
from tunesmith.local.trainer.api.errors import bad_value, no_such_job, not_trainable
from tunesmith.local.trainer.api.files import find_file
from tunesmith.local.trainer.api.idempotency import create_once
from tunesmith.local.trainer.api.invalid import from_validation
from tunesmith.local.trainer.api.names import new_id, tuned_name
from tunesmith.local.trainer.api.objects import (
    Document,
    Job,
    ShownDpoHyperparameters,
    ShownHyperparameters,
)
from tunesmith.local.trainer.api.requests import CheckpointsQuery, Chosen, JobCreate, PageQuery
from tunesmith.local.trainer.api.services import SERVICES, Services
from tunesmith.local.trainer.api.store import Collection, Store, StoredJob, Where
from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.jobs import Control
from tunesmith.local.trainer.training.hyperparameters import shown_method

D = TypeVar("D", bound=Document)
routes = web.RouteTableDef()

_JOBS = "/v1/fine_tuning/jobs"
_JOB = f"{_JOBS}/{{job_id}}"


@routes.post(_JOBS)
async def create(request: web.Request) -> web.Response:
    """Start a job: it is validated, then it waits for a place."""
    services = request.app[SERVICES]
    body = await read_json(request, JobCreate)

    def work() -> Job:
        return _create(services, body, team_of(request)).shown()

    response = await create_once(request, body, work)
    services.queue.wake()
    return response


def _create(services: Services, body: JobCreate, team: str) -> StoredJob:
    """Inside of `Store.run`."""
    parent = services.store.models.get(body.model, team)
    base_model = parent.base_model if parent else body.model
    trainable = services.trainables.get(base_model)
    if trainable is None:
        raise not_trainable(body.model)
    chosen = body.chosen
    numbers = chosen.known | extra_of(trainable.engine, body.model, chosen)
    for param in ("training_file", "validation_file"):
        file_id: str | None = getattr(body, param)
        if file_id is None:
            continue
        file = find_file(services.store, file_id, team)
        if file is None:
            raise bad_value(f"invalid {param}: {file_id}", param)
        if file.purpose != "fine-tune":
            raise bad_value(
                f"File {file_id} has the purpose '{file.purpose}', but fine-tuning needs"
                " 'fine-tune'.",
                param,
            )
    job = StoredJob(
        id=new_id("ftjob-"),
        created_at=int(time.time()),
        model=body.model,
        training_file=body.training_file,
        validation_file=body.validation_file,
        hyperparameters=ShownHyperparameters.model_validate(
            {name: value for name, value in numbers.items() if name != "beta"}
        ),
        method=shown_method(chosen.method, ShownDpoHyperparameters.model_validate(numbers)),
        seed=body.seed or 0,  # one and the same, so that a file gives the same model again
        user_provided_suffix=body.suffix,
        metadata=body.metadata,
        base_model=base_model,
        parent=parent.folder if parent else None,
        team=team,
        organization_id=f"org-{team}",
        tuned_name=tuned_name(base_model, team, body.suffix),
    )
    services.lifecycle.create(job)
    return job


def extra_of(engine: Engine, model: str, chosen: Chosen) -> dict[str, object]:
    """The values of the engine's own hyperparameters. Raises ApiError."""
    if chosen.method not in engine.methods:
        methods = " and ".join(sorted(engine.methods, reverse=True))
        raise bad_value(
            f"Model {model} cannot be trained with the method '{chosen.method}', but with"
            f" {methods}.",
            "method.type",
            "invalid_value",
        )
    try:
        return engine.extra.model_validate(chosen.extra).model_dump()
    except ValidationError as error:
        raise from_validation(error, chosen.place) from error


@routes.get(_JOBS)
async def list_jobs(request: web.Request) -> web.Response:
    """Newest first; `metadata[key]=value` and `metadata=null` choose among them."""
    store = request.app[SERVICES].store
    query = read_query(request, PageQuery)
    where: list[Where] = []
    for name, value in request.query.items():
        if name == "metadata" and value == "null":
            where.append(Where("json_extract(body, '$.metadata') IS NULL"))
        elif key := re.fullmatch(r"metadata\[(.*)\]", name, re.DOTALL):
            where.append(
                Where(
                    "EXISTS (SELECT 1 FROM json_each(body, '$.metadata') AS pair"
                    " WHERE pair.key = ? AND pair.value = ?)",
                    (key[1], value),
                )
            )
    return answer(await store.run(lambda: store.jobs.page(query, *where, parent=team_of(request))))


@routes.get(_JOB)
async def retrieve(request: web.Request) -> web.Response:
    """The job as it stands."""
    store, job_id = request.app[SERVICES].store, request.match_info["job_id"]
    job = await store.run(lambda: _get(store, job_id, team_of(request)))
    return answer(job.shown())


def _get(store: Store, job_id: str, team: str) -> StoredJob:
    """The team's job. Raises ApiError; inside of `Store.run`."""
    job = store.jobs.get(job_id, team)
    if job is None:
        raise no_such_job(job_id)
    return job


async def _step(
    request: web.Request, step: Callable[[str], StoredJob], order: Control | None
) -> web.Response:
    """Take a step in a job's life, and tell its process."""
    services, job_id = request.app[SERVICES], request.match_info["job_id"]

    def take() -> StoredJob:
        _get(services.store, job_id, team_of(request))
        return step(job_id)

    job = await services.store.run(take)
    if order:
        services.queue.tell(job_id, order)
    services.queue.wake()
    return answer(job.shown())


@routes.post(f"{_JOB}/cancel")
async def cancel(request: web.Request) -> web.Response:
    """End the job at once."""
    return await _step(request, request.app[SERVICES].lifecycle.cancel, Control.CANCEL)


@routes.post(f"{_JOB}/pause")
async def pause(request: web.Request) -> web.Response:
    """Let the job wait."""
    return await _step(request, request.app[SERVICES].lifecycle.pause, Control.PAUSE)


@routes.post(f"{_JOB}/resume")
async def resume(request: web.Request) -> web.Response:
    """Let the job go on."""
    return await _step(request, request.app[SERVICES].lifecycle.resume, None)


async def _list_of_job(
    request: web.Request, collection: Collection[D], query: PageQuery
) -> web.Response:
    store, job_id = request.app[SERVICES].store, request.match_info["job_id"]

    def work() -> Page:
        _get(store, job_id, team_of(request))
        return collection.page(query, parent=job_id)

    return answer(await store.run(work))


@routes.get(f"{_JOB}/events")
async def list_events(request: web.Request) -> web.Response:
    """What happened to the job, newest first."""
    query = read_query(request, PageQuery)
    return await _list_of_job(request, request.app[SERVICES].store.events, query)


@routes.get(f"{_JOB}/checkpoints")
async def list_checkpoints(request: web.Request) -> web.Response:
    """The models saved on the way, newest first."""
    query = read_query(request, CheckpointsQuery)
    return await _list_of_job(request, request.app[SERVICES].store.checkpoints, query)
