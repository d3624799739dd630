"""An engine is a folder with a descriptor: a team adds one, and is told what is wrong with it."""

import json
import sys
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.trainer_api import FAKE
from tests.trainer_api.client import Trainer, chat_row, dataset, jsonl
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer.descriptor import EngineError, read_engines

# Nothing of ours: the standard library, the job's files and lines of JSON.
FOREIGN = """
import csv, json, os, sys

folder = sys.argv[1]
job = json.load(open(os.path.join(folder, "job.json")))
rows = open(os.path.join(folder, "train.jsonl")).read().splitlines()


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


numbers = {"n_epochs": 1, "batch_size": len(rows), "learning_rate_multiplier": 1.0}
tell("started", total_steps=1, trained_tokens=len(rows), **numbers)
tell("message", level="info", text="pydantic" if "pydantic" in sys.modules else "no pydantic")
tell("metrics", step=1, total_steps=1, train_loss=0.5)
os.makedirs(os.path.join(folder, "model"))
with open(os.path.join(folder, "model", "model.json"), "w") as file:
    json.dump([job["source"], job["extra"], job["method"]], file)
tell("checkpoint", step=1, epoch=1, folder="model", train_loss=0.5)
tell("done", folder="model", trained_tokens=len(rows))
"""

BASE_PYTHON = Path(sys.base_prefix) / "bin" / "python3"

DESCRIPTOR = f"""
module = "counting_engine"
interpreter = "{BASE_PYTHON}"
methods = ["supervised"]
capabilities = ["tools"]

[hyperparameters.lora_rank]
default = 16
minimum = 1
maximum = 256

[hyperparameters.packing]
default = true

[hyperparameters.target_modules]
default = "all-linear"
choices = ["all-linear", "attention"]

[[models]]
name = "counts-1b"
path = "weights"
"""

WEATHER: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": "Is it raining in Seoul?"},
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "weather", "arguments": '{"city": "Seoul"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "assistant", "content": "It is."},
    ],
    "tools": [{"type": "function", "function": {"name": "weather"}}],
}
PICTURE: dict[str, Any] = {
    "type": "image_url",
    "image_url": {"url": "https://example.com/cat.png"},
}


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    folder = tmp_path / "foreign"
    folder.mkdir()
    (folder / "engine.toml").write_text(DESCRIPTOR)
    (folder / "counting_engine.py").write_text(FOREIGN)
    return folder


async def test_an_engine_from_outside_with_its_own_interpreter_trains_for_the_official_client(
    start_trainer: StartTrainer, foreign: Path, tmp_path: Path
):
    async with start_trainer(FAKE, foreign) as trainer:
        names = {model.id async for model in trainer.client.models.list()}
        assert names == {"tiny-1m-scratch", "counts-1b"}
        asked = {"n_epochs": 1, "lora_rank": 8, "packing": False}
        job = await trainer.train(
            jsonl([WEATHER] * 10),
            model="counts-1b",
            method={"type": "supervised", "supervised": {"hyperparameters": asked}},
        )
        assert job.status == "succeeded", job.error
        assert "no pydantic" in await trainer.events(job.id)
        assert job.method
        assert job.method.supervised
        used = job.method.supervised.hyperparameters
        assert used
        everything = {**asked, "target_modules": "all-linear", "batch_size": 10}
        assert used.model_dump() == everything | {"learning_rate_multiplier": 1.0}
        written = (tmp_path / f"data/jobs/{job.id}/model/model.json").read_text()
        source = {"path": str(foreign / "weights"), "hub": None, "revision": None}
        extra = {"lora_rank": 8, "packing": False, "target_modules": "all-linear"}
        assert json.loads(written) == [source, extra, "supervised"]
        with pytest.raises(openai.BadRequestError, match="interpreter of its own"):
            await trainer.ask(job.fine_tuned_model or "", "How many?")
        await _is_refused_what_it_cannot(trainer)
    async with start_trainer(FAKE) as trainer:
        with pytest.raises(openai.BadRequestError, match="no longer has an engine for counts-1b"):
            await trainer.ask(job.fine_tuned_model or "", "How many?")


async def _is_refused_what_it_cannot(trainer: Trainer) -> None:
    place = "method.supervised.hyperparameters"
    for asked, param, code in (
        ({"lora_rank": 0}, f"{place}.lora_rank", "integer_below_min_value"),
        ({"lora_rank": "8"}, f"{place}.lora_rank", "invalid_type"),
        ({"target_modules": "q"}, f"{place}.target_modules", "invalid_value"),
        ({"colour": 1}, f"{place}.colour", "unknown_parameter"),
        ({"beta": 0.5}, f"{place}.beta", "unknown_parameter"),
    ):
        method = {"type": "supervised", "supervised": {"hyperparameters": asked}}
        with pytest.raises(openai.BadRequestError) as refused:
            await trainer.start(model="counts-1b", method=method)
        assert (refused.value.param, refused.value.code) == (param, code)
    with pytest.raises(
        openai.BadRequestError, match="method 'dpo', but with supervised"
    ) as refused:
        await trainer.start(model="counts-1b", method={"type": "dpo"})
    assert refused.value.param == "method.type"
    shown = chat_row("", "A cat.")
    shown["messages"][0]["content"] = [PICTURE]
    failed = await trainer.train(jsonl([shown] * 10), model="counts-1b")
    assert failed.error
    assert "Line 1: This model cannot learn from pictures." in failed.error.message


async def test_a_job_whose_engine_has_gone_says_so(start_trainer: StartTrainer, foreign: Path):
    async with start_trainer(FAKE, foreign) as trainer:
        await trainer.start(dataset(step_seconds=30))
        job = await trainer.start(model="counts-1b")
    async with start_trainer(FAKE, slots=2) as trainer:
        failed = await trainer.wait(job.id)
        assert failed.error
        assert failed.error.code == "model_not_available"
        assert "no longer has an engine that trains counts-1b" in failed.error.message


@pytest.mark.parametrize(
    ("said", "instead", "sentence"),
    [
        ('"counting_engine"', '"missing_engine"', "does not find the module missing_engine"),
        ('"counting_engine"', '"a.b"', "does not find the module a.b"),
        ('["tools"]', '["tools", "smell"]', "Supported values are: 'tools', 'images'"),
        ('["supervised"]', '["reinforcement"]', "'reinforcement'"),
        ("methods =", "colour = 1\nmethods =", "Unknown parameter: 'colour'"),
        (str(BASE_PYTHON), "venv/bin/python", "there is no interpreter venv/bin/python"),
        (str(BASE_PYTHON), "python-of-nobody", "there is no interpreter python-of-nobody"),
        (str(BASE_PYTHON), "/bin/false", "/bin/false is no Python"),
        ("default = 16", "default = 300", "the default is beyond"),
        ("default = true", "default = []", "default"),
        ("minimum = 1", 'choices = ["a"]', "none of the choices"),
        ("lora_rank", "n_epochs", "OpenAI has the hyperparameter n_epochs already"),
        ('path = "weights"', 'hub = "a/b"', "hub needs revision"),
        ('path = "weights"', 'path = "a"\nhub = "a/b"', "path and hub cannot both"),
        ("[[models]]", "[[models]", "is not TOML"),
        ("module =", 'like = "large"\nmodule =', "there is no engine like 'large'; there is"),
        (
            '"counts-1b"',
            '"tiny-1m-scratch"',
            "Two engines have a base model called tiny",
        ),
    ],
)
def test_what_a_descriptor_says_wrongly_ends_in_a_sentence(
    foreign: Path, said: str, instead: str, sentence: str
):
    assert said in DESCRIPTOR
    (foreign / "engine.toml").write_text(DESCRIPTOR.replace(said, instead))
    with pytest.raises(EngineError) as caught:
        read_engines([FAKE, foreign])
    assert sentence in str(caught.value)
    assert str(foreign) in str(caught.value)


def test_a_folder_without_a_descriptor_is_named(tmp_path: Path):
    with pytest.raises(EngineError, match=r"engine.toml cannot be read: No such file"):
        read_engines([tmp_path])


def test_an_engine_like_one_of_ours_says_only_what_differs(tmp_path: Path):
    (tmp_path / "engine.toml").write_text('like = "tiny"\n[[models]]\nname = "ours"\n')
    ours = read_engines([tmp_path])["ours"].engine
    assert ours.module == "tunesmith.local.trainer.engines.tiny"
    assert ours.methods == {"supervised", "dpo"}


def test_two_engines_that_bring_a_module_of_one_name_are_told_apart_before_they_are_mixed_up(
    tmp_path: Path,
):
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
        descriptor = DESCRIPTOR.replace("counts-1b", folder.name)
        (folder / "engine.toml").write_text(descriptor)
        (folder / "counting_engine.py").write_text(FOREIGN)
    assert set(read_engines(folders)) == {"first", "second"}, "each has a process of its own"
    for folder in folders:
        said = (folder / "engine.toml").read_text()
        (folder / "engine.toml").write_text(said.replace(f'interpreter = "{BASE_PYTHON}"\n', ""))
    assert set(read_engines(folders)) == {"first", "second"}, "both are the same"
    (folders[1] / "counting_engine.py").write_text(f"{FOREIGN}# mine")
    with pytest.raises(EngineError, match="Two engines have a module called counting_engine"):
        read_engines(folders)
