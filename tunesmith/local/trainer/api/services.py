"""What every route works with."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from tunesmith.local.trainer.api.store import Store
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.serving import LoadedModels
from tunesmith.local.trainer.training.lifecycle import Lifecycle
from tunesmith.local.trainer.training.queue import TrainingQueue


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of the server. `engines` names each base model's engine module."""

    folders: Folders
    store: Store
    lifecycle: Lifecycle
    queue: TrainingQueue
    models: LoadedModels
    engines: Mapping[str, str]


SERVICES = web.AppKey("services", Services)
