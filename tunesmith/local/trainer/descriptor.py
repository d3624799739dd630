"""What an engine says of itself: the file `engine.toml` in a folder of the engine's own.

    module = "my_engine"             # `python -m my_engine JOBDIR` trains: see jobs.py
    interpreter = "venv/bin/python"  # relative to the folder; the server's own where it isn't named
    requires = ["torch"]             # modules that the interpreter must have besides
    methods = ["supervised", "dpo"]
    capabilities = ["tools"]

    [hyperparameters.lora_rank]      # what a job may ask for beside OpenAI's hyperparameters
    default = 16
    minimum = 1
    maximum = 256

    [[models]]                       # where the weights are, if training starts from some
    name = "small-1b"
    path = "weights/small-1b"

`like = "lora"` takes everything that the file does not say from an engine of Tunesmith's.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    create_model,
    model_validator,
)

from tunesmith.local.trainer.api.invalid import from_validation
from tunesmith.local.trainer.jobs import Hyperparameters, Method, ModelSource
from tunesmith.local.trainer.launchers import lacking as lacking_file
from tunesmith.local.trainer.launchers.lacking import lacking
from tunesmith.local.trainer.servers.settings import Serving

DESCRIPTOR_FILE = "engine.toml"
OUR_ENGINES = Path(__file__).parent / "engines"


class EngineError(Exception):
    """A descriptor says something that is not so. The message is a sentence for its author."""


class Capability(StrEnum):
    """What an engine can do beyond learning text."""

    TOOLS = "tools"
    """Learns tool calls."""
    IMAGES = "images"
    """Learns from pictures in users' messages."""
    CHAT_BEFORE_TUNING = "chat-before-tuning"
    """Its base models answer: its module has `load_base`."""
    DATA_PARALLEL = "data-parallel"
    """Shares a batch between processes, each started as torchrun starts them (RANK, WORLD_SIZE)."""
    MEASURES = "measures"
    """Says beforehand what a job needs: `--measure` in jobs.py."""
    ADAPTERS = "adapters"
    """Its checkpoints are adapters in PEFT's format, for a server that has the base model."""


class ExtraHyperparameter(BaseModel):
    """A hyperparameter beside OpenAI's; it is of its default's type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: StrictBool | StrictInt | StrictFloat | StrictStr
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: Annotated[tuple[str, ...], Field(min_length=1)] | None = None

    @property
    def annotation(self) -> Any:
        """The type of its values."""
        if self.choices:
            return Literal[self.choices]
        return Annotated[type(self.default), Field(ge=self.minimum, le=self.maximum)]

    @model_validator(mode="after")
    def _fits_together(self) -> "ExtraHyperparameter":
        number = isinstance(self.default, int | float) and not isinstance(self.default, bool)
        if (self.minimum is not None or self.maximum is not None) and not number:
            raise ValueError("only a number has a minimum or a maximum")
        if self.choices and self.default not in self.choices:
            raise ValueError("the default is none of the choices")
        if isinstance(self.default, int | float) and not (
            (self.minimum is None or self.minimum <= self.default)
            and (self.maximum is None or self.default <= self.maximum)
        ):
            raise ValueError("the default is beyond the minimum or the maximum")
        return self


class _NamedSource(ModelSource):
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]


_URL = r"^https?://[^\s/?#]+(/[^\s?#]*)?$"


class RayCluster(BaseModel, frozen=True):
    """Where an engine's jobs are submitted. `reached_at` is how the cluster's machines reach what
    this server listens on for them; `cpus` and `gpus` are what each worker needs.
    """

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, Field(pattern=_URL)]
    listen: Annotated[str, Field(pattern=r"^[^\s:]+:\d+$")]
    reached_at: Annotated[str, Field(pattern=_URL)]
    workers: Annotated[int, Field(ge=1, le=256)] = 1
    cpus: Annotated[float, Field(gt=0)] = 1
    gpus: Annotated[float, Field(ge=0)] = 0


_ExtraName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Descriptor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    module: Annotated[str, Field(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)*$")]
    interpreter: str | None = None
    requires: tuple[str, ...] = ()
    methods: Annotated[frozenset[Method], Field(min_length=1)]
    capabilities: frozenset[Capability] = frozenset()
    hyperparameters: Mapping[_ExtraName, ExtraHyperparameter] = {}
    models: Annotated[tuple[_NamedSource, ...], Field(min_length=1)]
    ray: RayCluster | None = None
    serving: Serving | None = None

    @model_validator(mode="after")
    def _fits_a_server(self) -> "_Descriptor":
        if self.serving and Capability.ADAPTERS not in self.capabilities:
            raise ValueError("a server needs the engine's checkpoints to be adapters")
        if self.serving and self.serving.url and len(self.models) > 1:
            raise ValueError("a server at a url has one base model: an engine for each")
        return self

    @model_validator(mode="after")
    def _fits_a_cluster(self) -> "_Descriptor":
        if self.ray and self.interpreter:
            raise ValueError("the cluster's own Python runs the engine: it has no interpreter here")
        if self.ray and self.ray.workers > 1 and Capability.DATA_PARALLEL not in self.capabilities:
            raise ValueError("an engine without data-parallel has one worker")
        return self

    @model_validator(mode="after")
    def _adds_to_openais(self) -> "_Descriptor":
        if known := self.hyperparameters.keys() & Hyperparameters.model_fields.keys():
            raise ValueError(f"OpenAI has the hyperparameter {min(known)} already")
        return self


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that can be started. `extra` validates the hyperparameters that it adds."""

    folder: Path
    module: str
    interpreter: Path
    methods: frozenset[Method]
    capabilities: frozenset[Capability]
    extra: type[BaseModel]
    ray: RayCluster | None = None
    serving: Serving | None = None
    lacks: tuple[str, ...] = ()
    """Modules that only the cluster has."""

    @property
    def answers_here(self) -> bool:
        """Can this process load its models?"""
        return self.interpreter == Path(sys.executable) and not self.lacks


@dataclass(frozen=True, slots=True)
class Trainable:
    """A base model, where its weights are, and the engine that trains it."""

    name: str
    source: ModelSource
    engine: Engine


def read_engines(folders: Sequence[Path]) -> dict[str, Trainable]:
    """Every base model of the engines in these folders, by its name. Raises EngineError."""
    found: dict[str, Trainable] = {}
    for folder in folders:
        for trainable in _read(folder.absolute()):
            if other := found.get(trainable.name):
                raise EngineError(
                    f"Two engines have a base model called {trainable.name}:"
                    f" {other.engine.folder} and {folder}."
                )
            found[trainable.name] = trainable
    _require_own_modules(
        {trainable.engine.folder: trainable.engine for trainable in found.values()}
    )
    return found


def _require_own_modules(engines: Mapping[Path, Engine]) -> None:
    """Raises EngineError where two engines that answer here bring different modules of one name:
    this process would load the models of both with the first of them.
    """
    found: dict[str, Path] = {}
    for folder, engine in engines.items():
        top = engine.module.partition(".")[0]
        files = (folder / f"{top}.py", folder / top / "__init__.py")
        file = next((file for file in files if file.exists()), None)
        if file is None or not engine.answers_here:
            continue
        other = found.setdefault(top, file)
        if other.read_bytes() != file.read_bytes():
            raise EngineError(
                f"Two engines have a module called {top}: {other} and {file}. Rename one of them."
            )


def _read(folder: Path) -> list[Trainable]:
    file = folder / DESCRIPTOR_FILE
    said = _toml(file)
    if (like := said.pop("like", None)) is not None:
        said = _toml_of_ours(like, file) | said
    try:
        descriptor = _Descriptor.model_validate(said)
    except ValidationError as error:
        raise EngineError(f"{file}: {from_validation(error)}") from error
    engine = Engine(
        folder=folder,
        module=descriptor.module,
        interpreter=_interpreter(descriptor.interpreter, file),
        methods=descriptor.methods,
        capabilities=descriptor.capabilities,
        extra=_extra_model(descriptor.hyperparameters),
        ray=descriptor.ray,
        serving=descriptor.serving,
    )
    if engine.ray:
        lacks = lacking(str(folder), [engine.module, *descriptor.requires])
        engine = replace(engine, lacks=tuple(lacks))
    else:
        _require_modules(engine, descriptor.requires)
    return [Trainable(one.name, _absolute(one, folder), engine) for one in descriptor.models]


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise EngineError(f"{file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EngineError(f"{file} is not TOML: {error}.") from error


def _toml_of_ours(name: object, file: Path) -> dict[str, Any]:
    ours = sorted(path.parent.name for path in OUR_ENGINES.glob(f"*/{DESCRIPTOR_FILE}"))
    if name not in ours:
        raise EngineError(f"{file}: there is no engine like {name!r}; there is {', '.join(ours)}.")
    return _toml(OUR_ENGINES / str(name) / DESCRIPTOR_FILE)


def _interpreter(named: str | None, file: Path) -> Path:
    """The Python that is named: a path, or a program to be found as the shell finds it."""
    if named is None:
        return Path(sys.executable)
    # A virtual environment's Python is a link that must not be followed.
    path = file.parent / Path(named).expanduser() if "/" in named else shutil.which(named)
    if path is None or not os.access(path, os.X_OK) or Path(path).is_dir():
        raise EngineError(f"{file}: there is no interpreter {named}.")
    return Path(path)


def _extra_model(extras: Mapping[str, ExtraHyperparameter]) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (one.annotation, one.default) for name, one in extras.items()}
    config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())
    return create_model("Extra", __config__=config, **fields)


def _absolute(model: _NamedSource, folder: Path) -> ModelSource:
    path = None if model.path is None else folder / model.path.expanduser()
    return ModelSource(path=path, hub=model.hub, revision=model.revision)


def _require_modules(engine: Engine, requires: Sequence[str]) -> None:
    """Raises EngineError where the interpreter lacks one of the modules."""
    wanted = [engine.module, *requires]
    here = engine.answers_here
    missing = lacking(str(engine.folder), wanted) if here else _lacking_elsewhere(engine, wanted)
    if missing:
        raise EngineError(
            f"{engine.folder / DESCRIPTOR_FILE}: {engine.interpreter} does not find the module"
            f" {', '.join(missing)}. It must be installed for it, or lie in the engine's folder."
        )


def _lacking_elsewhere(engine: Engine, wanted: Sequence[str]) -> list[str]:
    command = [str(engine.interpreter), lacking_file.__file__, str(engine.folder), *wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise EngineError(
            f"{engine.folder / DESCRIPTOR_FILE}: {engine.interpreter} is no Python that can be"
            f" started: {error}."
        ) from error
    return done.stdout.split()
