"""Models that another server has: vLLM, at a URL or started by the trainer."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import openai
import psutil
import pytest

from tests.support.vllm_server import Fault, VllmServer, listening
from tests.trainer_api import BASE, ROOT
from tests.trainer_api.client import Trainer, dataset, until
from tests.trainer_api.conftest import StartTrainer
from tunesmith.local.trainer.jobs import SERVING_FILE
from tunesmith.local.trainer.servers import turns

KEY_NAME = "TEST_VLLM_KEY"
BY_URL = f'url = "{{url}}"\nkey = "{KEY_NAME}"\nmodel = "upstream"\nadapters = 2\n'
STARTED = 'vllm = "{program}"\nadapters = 2\n'


def engine(folder: Path, serving: str) -> Path:
    """The fake engine, with a server for its models."""
    folder.mkdir(exist_ok=True)
    (folder / "engine.toml").write_text(
        'module = "tests.trainer_api.fake_engine"\nmethods = ["supervised"]\n'
        f'capabilities = ["adapters"]\n[serving]\n{serving}\n'
        f'[[models]]\nname = "{BASE}"\npath = "weights"\n'
    )
    return folder


@pytest.fixture
async def vllm(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[VllmServer]:
    monkeypatch.setenv(KEY_NAME, "secret")
    async with listening(VllmServer("upstream", "secret")) as server:
        yield server


@pytest.fixture
def model(trained: tuple[Path, str], tmp_path: Path) -> str:
    """A tuned model in the folder of this test's trainer."""
    data, name = trained
    shutil.copytree(data, tmp_path / "data")
    return name


@pytest.fixture
async def served(
    start_trainer: StartTrainer, vllm: VllmServer, model: str, tmp_path: Path
) -> AsyncIterator[tuple[Trainer, str]]:
    """A trainer with a tuned model that a server at a URL has."""
    async with start_trainer(engine(tmp_path / "engine", BY_URL.format(url=vllm.url))) as trainer:
        yield trainer, model


async def streamed(trainer: Trainer, model: str, question: str) -> str:
    stream = await trainer.client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": question}], stream=True
    )
    chunks = [chunk async for chunk in stream]
    assert {chunk.model for chunk in chunks} == {model}
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


async def test_tuned_and_base_models_answer_whole_and_streamed_under_their_own_names(
    served: tuple[Trainer, str], vllm: VllmServer
):
    trainer, model = served
    assert await trainer.ask(model, "question 3", seed=5, logit_bias={"5": 1}) == "answer 3 of many"
    assert await streamed(trainer, model, "question 4") == "answer 4 of many"
    assert await trainer.ask(BASE, "question 3") == "the base"
    text = await trainer.client.completions.create(model=model, prompt="question 5")
    assert (text.model, text.choices[0].text) == (model, "answer 5 of many")
    bodies = vllm.asked("/chat/completions")
    assert [body["model"] for body in bodies] == [model, model, "upstream"]
    assert (bodies[0]["seed"], bodies[0]["logit_bias"]) == (5, {"5": 1})
    assert len(vllm.asked("/load_lora_adapter")) == 1


async def test_the_least_used_adapter_leaves_and_those_in_use_stay(
    served: tuple[Trainer, str], vllm: VllmServer
):
    trainer, model = served
    page = await trainer.client.fine_tuning.jobs.list()
    checkpoints = await trainer.client.fine_tuning.jobs.checkpoints.list(page.data[0].id)
    others = [one.fine_tuned_model_checkpoint for one in checkpoints.data]
    vllm.may_answer.clear()
    held = asyncio.create_task(trainer.ask(model, "question 1"))

    async def asked() -> bool:
        return bool(vllm.asked("/chat/completions"))

    await until(asked)
    vllm.may_answer.set()
    await held
    for other in (*others, model):
        assert await trainer.ask(other, "question 1") == "answer 1 of many"
        assert len(vllm.adapters) <= 2
    unloaded = [body["lora_name"] for body in vllm.asked("/unload_lora_adapter")]
    assert unloaded == [model, *others[:2]]
    vllm.may_answer.clear()
    both = [asyncio.create_task(trainer.ask(one, "question 1")) for one in (model, others[2])]
    number = len(vllm.asked("/chat/completions"))

    async def both_asked() -> bool:
        return len(vllm.asked("/chat/completions")) == number + 2

    await until(both_asked)
    third = asyncio.create_task(trainer.ask(others[0], "question 1"))
    _done, pending = await asyncio.wait([third], timeout=0.05)
    assert pending
    assert set(vllm.adapters) == {model, others[2]}
    vllm.may_answer.set()
    assert set(await asyncio.gather(*both, third)) == {"answer 1 of many"}


async def test_an_adapter_that_the_server_has_already_or_has_lost_is_used_as_its_engine_says(
    served: tuple[Trainer, str], vllm: VllmServer, tmp_path: Path
):
    trainer, model = served
    [folder] = (tmp_path / "data/jobs").glob("*/checkpoints/step-6")
    vllm.adapters[model] = str(folder)
    (folder / SERVING_FILE).write_text('{"stop_token_ids": [2]}')
    assert await trainer.ask(model, "question 1") == "answer 1 of many"
    assert vllm.asked("/chat/completions")[-1]["stop_token_ids"] == [2]
    vllm.adapters.clear()  # It was started anew.
    assert await trainer.ask(model, "question 1") == "answer 1 of many"
    await trainer.client.models.delete(model)
    assert vllm.asked("/unload_lora_adapter")[-1] == {"lora_name": model}


@pytest.mark.parametrize("fault", ["load 500", "answer 500", "answer 401"])
async def test_a_servers_trouble_is_a_503_that_passes(
    served: tuple[Trainer, str], vllm: VllmServer, fault: Fault
):
    trainer, model = served
    vllm.faults = [fault]
    with pytest.raises(openai.InternalServerError) as caught:
        await trainer.ask(model, "question 1")
    assert caught.value.status_code == 503
    assert caught.value.code == "model_server_unavailable"
    assert caught.value.response.headers["retry-after"] == "5"
    assert await trainer.ask(model, "question 1") == "answer 1 of many"


@pytest.mark.parametrize("fault", ["die in the middle", "error in the middle"])
async def test_a_stream_that_breaks_off_says_so(
    served: tuple[Trainer, str], vllm: VllmServer, fault: Fault
):
    trainer, model = served
    vllm.faults = [fault]
    with pytest.raises(openai.APIError, match="could not go on"):
        await streamed(trainer, model, "question 1")


@pytest.mark.parametrize("ask", [Trainer.ask, streamed])
async def test_an_answer_is_broken_off_when_its_client_has_gone(
    served: tuple[Trainer, str], vllm: VllmServer, ask: Any
):
    trainer, model = served
    vllm.may_answer.clear()
    asked = asyncio.create_task(ask(trainer, model, "question 1"))

    async def answering() -> bool:
        return bool(vllm.asking)

    async def broken_off() -> bool:
        return vllm.asking[0].is_closing()

    await until(answering)
    assert not await broken_off()
    asked.cancel()
    await until(broken_off)
    vllm.may_answer.set()
    assert await trainer.ask(model, "question 1") == "answer 1 of many"


async def test_a_stream_without_the_mark_of_its_end_is_whole(
    served: tuple[Trainer, str], vllm: VllmServer
):
    trainer, model = served
    vllm.faults = ["no mark"]
    assert await streamed(trainer, model, "question 1") == "answer 1 of many"


async def test_refusals_are_in_openais_shape(served: tuple[Trainer, str], tmp_path: Path):
    trainer, model = served
    with pytest.raises(openai.BadRequestError) as caught:
        await trainer.ask(model, "long " * 500)
    assert caught.value.code == "context_length_exceeded"
    parameters: list[dict[str, Any]] = [{"chat_template": "x"}, {"functions": []}]
    for parameter in parameters:
        with pytest.raises(openai.BadRequestError, match="Unknown parameter"):
            await trainer.ask(model, "question 1", extra_body=parameter)
    for folder in (tmp_path / "data/jobs").glob("*/checkpoints/step-2"):
        (folder / "model.json").unlink()
    with pytest.raises(openai.NotFoundError):
        await trainer.ask(f"{model}:ckpt-step-2", "question 1")


async def test_a_server_that_takes_no_adapters_has_the_base_model_alone(
    start_trainer: StartTrainer, vllm: VllmServer, model: str, tmp_path: Path
):
    plain = VllmServer("upstream", "secret", takes_adapters=False)
    async with listening(plain):
        folder = engine(tmp_path / "engine", BY_URL.format(url=plain.url))
        async with start_trainer(folder) as trainer:
            assert await trainer.ask(BASE, "question 1") == "the base"
            with pytest.raises(openai.BadRequestError, match="takes no adapters") as caught:
                await trainer.ask(model, "question 1")
            assert caught.value.code == "model_not_available"


@pytest.fixture
def started(
    start_trainer: StartTrainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AbstractAsyncContextManager[Trainer]:
    """A trainer that starts a server for its models."""
    program = tmp_path / "vllm"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.support.vllm_server "$@"\n')
    program.chmod(0o755)
    monkeypatch.chdir(ROOT)
    return start_trainer(engine(tmp_path / "engine", STARTED.format(program=program)))


def servers() -> list[psutil.Process]:
    """The servers that this process has started."""
    children = psutil.Process().children(recursive=True)
    return [one for one in children if "tests.support.vllm_server" in one.cmdline()]


async def test_a_started_server_stands_back_while_a_job_trains_and_ends_with_the_trainer(
    started: AbstractAsyncContextManager[Trainer], model: str, monkeypatch: pytest.MonkeyPatch
):
    async with started as trainer:
        assert await trainer.ask(model, "question 1") == "answer 1 of many"
        [server] = servers()
        assert "VLLM_API_KEY" not in " ".join(server.cmdline())
        job = await trainer.start(dataset(step_seconds=0.05, epochs=40))
        await trainer.first_checkpoint(job.id)
        assert servers() == []
        monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
        with pytest.raises(openai.InternalServerError, match="is training a model") as caught:
            await trainer.ask(model, "question 1")
        assert caught.value.code == "gpu_busy"
        monkeypatch.undo()
        waiting = asyncio.create_task(trainer.ask(model, "question 2"))
        await trainer.client.fine_tuning.jobs.cancel(job.id)
        assert await waiting == "answer 2 of many"
        [server] = servers()
        server.kill()
        assert await until(lambda: answered(trainer, model)) == "answer 3 of many"
        assert len(servers()) == 1
    assert servers() == []


async def answered(trainer: Trainer, model: str) -> str | None:
    """An answer, or nothing while the server that was killed is not missed yet."""
    try:
        return await trainer.ask(model, "question 3")
    except openai.InternalServerError:
        return None


async def test_a_server_that_does_not_start_says_so(start_trainer: StartTrainer, tmp_path: Path):
    folder = engine(tmp_path / "engine", STARTED.format(program="/bin/false"))
    async with start_trainer(folder) as trainer:
        with pytest.raises(openai.InternalServerError, match="could not be started"):
            await trainer.ask(BASE, "question 1")


async def test_a_job_waits_for_answers_and_requests_that_waited_come_before_the_next_job():
    order: list[Any] = []

    async def free() -> None:
        order.append("freed")

    async def waits(why: str) -> None:
        order.append(why)

    gpu, hold, train = turns.Turns(free), asyncio.Event(), asyncio.Event()

    async def answer(name: str) -> None:
        async with gpu.answering():
            order.append(name)
            await hold.wait()

    async def job(name: str) -> None:
        async with gpu.training(waits):
            order.append(name)
            await train.wait()

    async def settle() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(answer("answer 1"))]
    await settle()
    tasks += [asyncio.create_task(job("job 1")), asyncio.create_task(job("job 2"))]
    await settle()
    tasks += [asyncio.create_task(answer("answer 2"))]
    await settle()
    why = "The job waits for the GPU: 1 answers are being written."
    assert order == ["answer 1", why, why]
    hold.set()
    await settle()
    assert [what for what in order[3:] if what != "freed"] == ["job 1", "job 2"]
    assert order[3] == "freed"
    tasks += [asyncio.create_task(job("job 3"))]
    await settle()
    train.set()
    await asyncio.gather(*tasks)
    assert order[-1] == "answer 2"
