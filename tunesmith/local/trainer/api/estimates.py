"""/v1/fine_tuning/estimates: what a job needs where it will train. No part of OpenAI's protocol."""

from typing import Literal

from aiohttp import web
from pydantic import BaseModel

from tunesmith.local.trainer.api.access import team_of
from tunesmith.local.trainer.api.bodies import answer, read_json
from tunesmith.local.trainer.api.errors import not_trainable
from tunesmith.local.trainer.api.jobs import extra_of
from tunesmith.local.trainer.api.requests import EstimateCreate
from tunesmith.local.trainer.api.services import SERVICES
from tunesmith.local.trainer.descriptor import Capability, Trainable
from tunesmith.local.trainer.jobs import JobSpec, Measured, Scalar
from tunesmith.local.trainer.launchers.launcher import Room

routes = web.RouteTableDef()
_ROW_LOSSES_SHARE = 1 / 3
"""Going over the file once more at the end, without learning, in epochs."""


class Estimate(BaseModel):
    """What was measured. Everything is null while it is being measured, or where it cannot be.

    `seconds` are those of the whole job, null where the engine chooses the number of epochs;
    `instead` names hyperparameters with which a job that does not fit would need less. Where a
    cluster does not hold the `workers` of a job, `workers_most` is how many it does, and nothing
    else is known.
    """

    object: Literal["fine_tuning.estimate"] = "fine_tuning.estimate"
    model: str
    status: Literal["measured", "measuring", "unknown"]
    fits: bool | None = None
    seconds: int | None = None
    seconds_per_epoch: int | None = None
    memory_bytes: int | None = None
    memory_total_bytes: int | None = None
    instead: dict[str, Scalar] | None = None
    workers: int | None = None
    workers_most: int | None = None


@routes.post("/v1/fine_tuning/estimates")
async def estimate(request: web.Request) -> web.Response:
    """What a job needs; the first time for a base model and its settings, ask again."""
    services = request.app[SERVICES]
    body = await read_json(request, EstimateCreate)
    team = team_of(request)
    parent = await services.store.run(lambda: services.store.models.get(body.model, team))
    trainable = services.trainables.get(parent.base_model if parent else body.model)
    if trainable is None:
        raise not_trainable(body.model)
    engine, chosen = trainable.engine, body.chosen
    extra = engine.extra.model_validate(extra_of(engine, body.model, chosen)).model_dump()
    if (room := await services.estimates.room(engine)) and room.holds < room.workers:
        return answer(_without_room(body.model, room))
    if Capability.MEASURES not in engine.capabilities:
        return answer(Estimate(model=body.model, status="unknown"))
    try:
        measured = services.estimates.of(engine, _spec(trainable, chosen.method, extra))
    except LookupError:
        return answer(Estimate(model=body.model, status="unknown"))
    if measured is None:
        return answer(Estimate(model=body.model, status="measuring"))
    epochs = chosen.hyperparameters.n_epochs
    return answer(_estimate(body, measured, epochs if isinstance(epochs, int) else None))


def _spec(trainable: Trainable, method: Literal["supervised", "dpo"], extra: object) -> JobSpec:
    return JobSpec.model_validate(
        {
            "id": "measure",
            "base_model": trainable.name,
            "source": trainable.source,
            "method": method,
            "extra": extra,
        }
    )


def _without_room(model: str, room: Room) -> Estimate:
    if not room.fixed:
        return Estimate(model=model, status="unknown")
    return Estimate(
        model=model,
        status="measured",
        fits=False,
        workers=room.workers,
        workers_most=room.holds,
    )


def _estimate(body: EstimateCreate, measured: Measured, epochs: int | None) -> Estimate:
    epoch = None
    if measured.tokens_per_second:
        epoch = body.tokens / measured.tokens_per_second
    whole = None
    if epoch is not None and epochs is not None:
        whole = measured.start_seconds + epoch * (epochs + _ROW_LOSSES_SHARE)
    return Estimate(
        model=body.model,
        status="measured",
        fits=measured.fits,
        seconds=None if whole is None else round(whole),
        seconds_per_epoch=None if epoch is None else round(epoch),
        memory_bytes=measured.memory_bytes,
        memory_total_bytes=measured.memory_total_bytes,
        instead=measured.instead or None,
    )
