"""/v1/models: the base models, and every tuned model and checkpoint that can answer."""

import asyncio
import shutil
from collections.abc import Iterable
from contextlib import suppress

from aiohttp import web

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import Page, answer
from tunesmith.local.trainer.api.errors import ApiError, no_such_model
from tunesmith.local.trainer.api.objects import (
    UNFINISHED,
    BaseModelRow,
    Deleted,
    Document,
    Training,
)
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.api.store import Store, StoredModel
from tunesmith.local.trainer.descriptor import Trainable
from tunesmith.local.trainer.servers.upstream import ServerError

routes = web.RouteTableDef()

_FIRST_RELEASE = 1_795_132_800  # 2026-11-20


def _base_models(trainables: Iterable[Trainable]) -> list[BaseModelRow]:
    return [
        BaseModelRow(
            id=one.name,
            created=_FIRST_RELEASE,
            owned_by="tunesmith",
            training=Training(
                methods=sorted(one.engine.methods, reverse=True),
                capabilities=sorted(one.engine.capabilities),
                calls_tools=one.engine.serving is not None,
                hub=one.source.hub,
                context_length=_context_length(one),
            ),
        )
        for one in trainables
    ]


def _context_length(trainable: Trainable) -> int | None:
    field = trainable.engine.extra.model_fields.get("context_length")
    return None if field is None else field.default


@routes.get("/v1/models")
async def list_models(request: web.Request) -> web.Response:
    """All of them at once, the base models first, then oldest first."""
    services = request.app[SERVICES]
    store, team = services.store, team_of(request)
    tuned = await store.run(lambda: store.models.all(parent=team))
    data: list[Document] = [
        *_base_models(services.trainables.values()),
        *(model.shown() for model in tuned),
    ]
    return answer(Page(data=data))


@routes.get("/v1/models/{model}")
async def retrieve(request: web.Request) -> web.Response:
    """What is known of a model."""
    services, name = request.app[SERVICES], request.match_info["model"]
    for base in _base_models(services.trainables.values()):
        if base.id == name:
            return answer(base)
    model = await services.store.run(lambda: services.store.models.get(name, team_of(request)))
    if model is None:
        raise no_such_model(name)
    return answer(model.shown())


@routes.delete("/v1/models/{model}")
async def delete(request: web.Request) -> web.Response:
    """Forget a tuned model or a checkpoint."""
    services, name = request.app[SERVICES], request.match_info["model"]
    store = services.store
    if name in services.trainables:
        raise ApiError(403, "You have insufficient permissions for this operation.", param="model")

    def forget() -> tuple[StoredModel | None, bool]:
        model = store.models.get(name, team_of(request))
        if model is None:
            return None, False
        store.models.remove(name)
        return model, _is_needed(store, model.folder)

    model, needed = await store.run(forget)
    if model is None:
        raise no_such_model(name)
    base = services.trainables.get(model.base_model)
    if base and (server := services.servers.of(base)):
        with suppress(ServerError):  # No request reaches the adapter any more, in memory or not.
            await server.remove(name)
    if not needed:
        folder = services.folders.root / model.folder
        services.models.forget(folder)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return answer(Deleted(id=name, object="model"))


def _is_needed(store: Store, folder: str) -> bool:
    """Is the folder another model's too, or does a job go on from it, or still write there?

    Inside of `Store.run`.
    """
    return any(model.folder == folder for model in store.models.all()) or any(
        job.parent == folder or folder.startswith(f"jobs/{job.id}/")
        for job in store.jobs.all()
        if job.status in UNFINISHED
    )
