"""The catalogue: which providers train which base models, how, and at what price.

It is data (`catalogue.toml` beside this module), laid over by a team's own file. Code asks for
a capability, never for a provider's name.
"""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say
from tunesmith.bot.messages.stored import StoredMessage

Method = Literal["supervised", "dpo", "reinforcement"]
METHODS: tuple[Method, ...] = get_args(Method)


class AnswerPrices(NamedTuple):
    """USD for a million tokens of input, of input that was read before, of output; None where the
    price is not known.
    """

    input_usd: Decimal | None
    cached_usd: Decimal | None
    output_usd: Decimal | None


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weights(_Row):
    """What is told of open weights, named as at Hugging Face (docs/base-models.md).

    `size` is the number of parameters, `context` in tokens, `lora_gb` and `lora_4bit_gb` the least
    memory of a GPU for an adapter in 16 and in 4 bits, None where the `source` does not say it of
    this size. `licence` is its name in words, `languages` those that its makers name.
    """

    size: str
    context: str
    languages: str
    licence: str
    lora_gb: float | None = None
    lora_4bit_gb: float | None = None
    source: str


class BaseModelEntry(_Row):
    """A base model that a provider trains. Prices are in USD for a million tokens.

    `input_usd`, `cached_usd` and `output_usd` are those of a model that was tuned on it, those that
    begin with `base_` its own where it is asked itself, which it only is where it
    `answers_untuned`. `roles`, `tools` and `max_file_bytes` hold, where they are given, instead of
    the provider's (`Provider.for_model`); what is tuned on it is asked with tools where it
    `calls_tools`. One that has `own_tokens` reads other ones than those of `encoding`, in which
    its files are counted. `free_train_tokens` are a team's free allowance for one job, where it has
    one. What is tuned on one that `knows_only_its_file` answers everything else out of it too.
    `aliases` are other names of the same model, `hub` is that of its weights at Hugging Face.
    `methods_after_tuning` are those that only go on from a tuned model. What is tuned on a base
    model that is not `deployable` can't be asked. `last_training_date` is the last day on which a
    job can be created; where `last_training_at_least`, the provider names it as the earliest end.
    From `shutdown_date` on, neither the model nor what was tuned on it answers.
    """

    name: str
    aliases: tuple[str, ...] = ()
    hub: str | None = None
    encoding: str
    tokenizer_file: Path | None = None
    methods: tuple[Method, ...]
    methods_after_tuning: tuple[Method, ...] = ()
    deployable: bool = True
    vision: bool = False
    roles: tuple[str, ...] | None = None
    tools: bool | None = None
    max_file_bytes: int | None = None
    calls_tools: bool = True
    train_context: int | None = None
    inference_context: int | None = None
    train_usd: Decimal | None = None
    input_usd: Decimal | None = None
    cached_usd: Decimal | None = None
    output_usd: Decimal | None = None
    base_input_usd: Decimal | None = None
    base_cached_usd: Decimal | None = None
    base_output_usd: Decimal | None = None
    answers_untuned: bool = True
    own_tokens: bool = False
    knows_only_its_file: bool = False
    free_train_tokens: int | None = None
    last_training_date: date | None = None
    last_training_at_least: bool = False
    shutdown_date: date | None = None

    @property
    def tuned_prices(self) -> AnswerPrices:
        """What answers of a model that was tuned on it cost."""
        return AnswerPrices(self.input_usd, self.cached_usd, self.output_usd)

    @property
    def base_prices(self) -> AnswerPrices:
        """What its own answers cost."""
        return AnswerPrices(self.base_input_usd, self.base_cached_usd, self.base_output_usd)


class RecentInference(_Row):
    """The rule that only an organisation can start a job which has used a tuned model lately.

    That is within the last `days` days; it holds since `since`.
    """

    days: int
    since: date
    source: str


class Provider(_Row):
    """Somebody who speaks OpenAI's fine-tuning protocol, and in what they differ.

    A `title` that is no proper name is a message: each reads it in their own language.
    Limits are None where the provider states none; `max_epochs`, which the form needs, is then
    OpenAI's.

    `default_epochs` is the rule by which the provider chooses the number of epochs: "openai"
    (3; for small files up to 25, at most 100 examples x epochs; for large ones down to 1, at most
    25,000; the rule of OpenAI's cookbook, "Data preparation and analysis for chat model
    fine-tuning"), a number, or "auto" (known only to the provider). `poll_seconds` is how often a
    running job is looked at, `settle_seconds` how long a job whose creation nobody answered may
    take to appear in the provider's list (none states it). `status_map` turns the provider's own
    job statuses into OpenAI's.
    Where it `tells_needs`, it measures how long a job takes there, and how much memory it needs.
    Where it `lists_base_models`, those that its list of models says how to train are offered too.
    `formats` are the formats of training files it takes; where it has `completions`, a model that
    was trained on prompts and completions continues a text (OpenAI's endpoint of that name).
    `byte_order_mark` tells whether one may
    stand in front of them. `roles` are those that messages may have (None: those of OpenAI's
    reference), `tools` tells whether it trains on tools and their calls. `methods` are those that
    base models have which are not listed. Where it is not `trains`, files are checked for it, and
    no job is ever offered or priced.
    `learning_rate_parameter` is the hyperparameter for a learning rate: a multiplier of the
    provider's own, or the rate itself; `extra_hyperparameters` and `extra_body` are sent with every
    job.
    `takes_suffix`, `takes_seed`, `takes_integrations` (Weights & Biases) and `keeps_metadata` tell
    what of a job it takes; a suffix has at most `max_suffix` letters, each of `suffix_letters` (of
    a regular expression's brackets). It `continues` where training may go on from a tuned model or
    a checkpoint. It `can_pause` jobs, `has_checkpoints` that answer, of which it may keep the last
    few alone (`keeps_checkpoints`), and writes a `result_csv`.
    A file of more than `single_upload_bytes` is uploaded in parts (the Uploads API), where that is
    given; `file_expires_seconds` is after how long the provider is to delete an uploaded file by
    itself, where it takes `expires_after`.
    An uploaded file must be read by it before a job is created where it `imports_files`.
    Reinforcement needs a `grader`, as the provider's reference writes one: in a team's own file, or
    where it `takes_graders` (those of OpenAI's reference), typed for a job.
    """

    title: str | StoredMessage
    protocol: Literal["openai", "together"] = "openai"
    base_url: str | None = None
    source: str
    as_of: date
    trains: bool = True
    models: tuple[BaseModelEntry, ...] = ()
    lists_base_models: bool = False
    tells_needs: bool = False
    methods: tuple[Method, ...] = ()
    min_examples: int
    max_file_bytes: int | None = None
    single_upload_bytes: int | None = None
    file_expires_seconds: int | None = None
    max_epochs: int = 50
    default_epochs: Literal["openai", "auto"] | int = "auto"
    poll_seconds: float = 30
    settle_seconds: float = 60
    last_training_date: date | None = None
    recent_inference: RecentInference | None = None
    formats: tuple[str, ...] = ("chat", "preference")
    completions: bool = False
    byte_order_mark: bool = False
    roles: tuple[str, ...] | None = None
    tools: bool = True
    max_examples: int | None = None
    validation_max_rows: int | None = None
    validation_max_fraction: float | None = None
    deploy_required: bool = False
    hosting_usd_per_hour: Decimal | None = None
    learning_rate_parameter: Literal["learning_rate_multiplier", "learning_rate"] = (
        "learning_rate_multiplier"
    )
    takes_suffix: bool = True
    max_suffix: int = 64
    suffix_letters: str = "A-Za-z0-9._-"
    takes_seed: bool = True
    takes_integrations: bool = False
    keeps_metadata: bool = True
    imports_files: bool = False
    continues: bool = False
    can_pause: bool = False
    has_checkpoints: bool = False
    keeps_checkpoints: int | None = None
    result_csv: bool = False
    grader: dict[str, Any] | None = None
    takes_graders: bool = False
    extra_hyperparameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    extra_body: dict[str, Any] = Field(default_factory=dict[str, Any])
    status_map: dict[str, str] = Field(default_factory=dict[str, str])

    @property
    def learning_rate_is_absolute(self) -> bool:
        """Whether the provider takes the rate itself instead of a multiplier."""
        return self.learning_rate_parameter == "learning_rate"

    def inference_name(self, model: str | None, deployment: str | None) -> str | None:
        """The name by which a tuned model is asked; None as long as it can't be.

        That is its own name, or that of its deployment where it needs one.
        """
        return deployment or (None if self.deploy_required else model)

    def for_model(self, entry: BaseModelEntry) -> "Provider":
        """The provider as it is for this base model, which may take other files than the rest."""
        own = {name: getattr(entry, name) for name in ("roles", "tools", "max_file_bytes")}
        return self.model_copy(update={k: v for k, v in own.items() if v is not None})

    def hyperparameters(
        self,
        n_epochs: int | None,
        learning_rate: float | None,
        batch_size: int | None = None,
        beta: float | None = None,
    ) -> dict[str, Any]:
        """Those of a job, by the provider's names; what nobody chose is left to the provider."""
        chosen = {
            "n_epochs": n_epochs,
            self.learning_rate_parameter: learning_rate,
            "batch_size": batch_size,
            "beta": beta,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def model(self, name: str) -> BaseModelEntry | None:
        """The base model of that name, or None.

        An alias names it too, and so does a model tuned on it (`ft:BASE:organisation:suffix:id`).
        """
        base = name.removeprefix("ft:").partition(":")[0] if name.startswith("ft:") else name
        return next((m for m in self.models if base in (m.name, *m.aliases)), None)

    def epochs(self, examples: int) -> int | None:
        """How many epochs the provider chooses by itself, or None where only it knows."""
        if self.default_epochs == "auto":
            return None
        if self.default_epochs != "openai":
            return self.default_epochs
        if examples * 3 < 100:
            return min(25, 100 // max(examples, 1))
        if examples * 3 > 25_000:
            return max(1, 25_000 // examples)
        return 3


class Catalogue(_Row):
    """All providers by name. A bot's own one takes in what providers list (base_models.py)."""

    providers: dict[str, Provider]
    weights: dict[str, Weights] = Field(default_factory=dict[str, Weights])

    def copy_of_its_own(self) -> "Catalogue":
        """The same providers, of which one can be replaced."""
        return self.model_copy(update={"providers": dict(self.providers)})


@cache
def load_catalogue(override: Path | None = None) -> Catalogue:
    """Read the catalogue, with a team's own file laid over it.

    Tables are merged key by key; a `models` list of the team's adds to ours, a model of the same
    name is laid over ours. Raises ConfigurationError where the team's file cannot be read.
    """
    data = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text(encoding="utf-8"))
    if override is not None:
        try:
            data = _lay_over(data, tomllib.loads(override.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            said = say("setting.catalogue_unreadable", file=override.name, said=str(error))
            raise ConfigurationError(said) from error
    try:
        return Catalogue.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            say("setting.catalogue_wrong", at=where, said=first["msg"])
        ) from error


def _lay_over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(under.get(key), dict):
            merged[key] = _lay_over(under[key], cast("dict[str, Any]", value))
        elif key == "models" and isinstance(value, list):
            merged[key] = _lay_over_models(under.get(key, []), cast("list[Any]", value))
        else:
            merged[key] = value
    return merged


def _lay_over_models(under: list[Any], over: list[Any]) -> list[Any]:
    by_name = {model["name"]: model for model in under}
    for model in over:
        by_name[model.get("name")] = {**by_name.get(model.get("name"), {}), **model}
    return list(by_name.values())
