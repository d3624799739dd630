"""What every route works with."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from tunesmith.local.trainer.api.store import Store
from tunesmith.local.trainer.descriptor import Trainable
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.servers.servers import ModelServers
from tunesmith.local.trainer.serving import LoadedModels
from tunesmith.local.trainer.training.estimates import Estimates
from tunesmith.local.trainer.training.lifecycle import Lifecycle
from tunesmith.local.trainer.training.queue import TrainingQueue


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the server. `trainables` are the base models by their names."""

    folders: Folders
    store: Store
    lifecycle: Lifecycle
    queue: TrainingQueue
    models: LoadedModels
    servers: ModelServers
    trainables: Mapping[str, Trainable]
    estimates: Estimates


SERVICES = web.AppKey("services", Services)
