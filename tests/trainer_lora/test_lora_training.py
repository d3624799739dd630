"""The engine learns what a plain computation with transformers and PEFT learns, step by step."""

import json
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.trainer_engine.engine_job import CHATS, FACTS, of_type, write_job
from tests.trainer_lora.plain_training import SEED, dpo_loss, plain_losses, supervised_loss
from tests.trainer_lora.small_model import SPECIALS, make_base
from tunesmith.local.trainer.engines.lora.libraries import peft, torch, transformers
from tunesmith.local.trainer.engines.lora.run import run
from tunesmith.local.trainer.jobs import (
    SERVING_FILE,
    CheckpointSaved,
    Done,
    Event,
    ExitCode,
    Failed,
    Message,
    Metrics,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
    pytest.mark.timeout(1200),
]

RATE = 2e-4
PAIRS = [
    {
        "input": {"messages": [{"role": "user", "content": question}]},
        "preferred_output": [{"role": "assistant", "content": answer}],
        "non_preferred_output": [{"role": "assistant", "content": "I do not know."}],
    }
    for question, answer in FACTS.items()
]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bases")
    return {kind: make_base(folder / kind, kind) for kind in ("llama", "qwen")}


def job(folder: Path, base: Path, rows: Sequence[Any] = CHATS, **options: Any) -> Path:
    asked = {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 10.0}
    hyperparameters = asked | options.pop("hyperparameters", {})
    extra = {"warmup_ratio": 0.0} | options.pop("extra", {})
    return write_job(
        folder,
        rows,
        base_model="small",
        seed=SEED,
        source={"path": str(base)},
        hyperparameters=hyperparameters,
        extra=extra,
        **options,
    )


def train(folder: Path) -> list[Event]:
    events: list[Event] = []
    code = run(folder, events.append, threading.Event())
    assert code is ExitCode.DONE, events[-1]
    return events


def losses(events: Sequence[Event]) -> list[float]:
    return [one.train_loss for one in of_type(events, Metrics)]


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("llama", {"packing": True, "gradient_checkpointing": True}),
        ("qwen", {"packing": True, "gradient_checkpointing": False}),
        ("llama", {"packing": False, "gradient_checkpointing": False}),
        # A pass of one or two examples: gradients are added up.
        ("llama", {"packing": True, "micro_batch_tokens": 40}),
        ("qwen", {"packing": False, "micro_batch_tokens": 40}),
    ],
    ids=["packed", "packed qwen", "padded", "packed bit by bit", "padded bit by bit, qwen"],
)
def test_losses_of_supervised_training_are_those_of_a_plain_computation(
    tmp_path: Path, bases: dict[str, Path], kind: str, extra: dict[str, Any]
):
    events = train(job(tmp_path / "job", bases[kind], extra=extra))
    plain = plain_losses(bases[kind], RATE * 10, supervised_loss)
    assert losses(events) == pytest.approx(plain, abs=1e-4)
    assert plain[-1] < plain[0] - 0.1


@pytest.mark.parametrize("packing", [True, False], ids=["packed", "padded"])
def test_losses_of_preference_training_are_those_of_a_plain_computation(
    tmp_path: Path, bases: dict[str, Path], packing: bool
):
    options: dict[str, Any] = {"extra": {"packing": packing}, "method": "dpo"}
    options["hyperparameters"] = {"learning_rate_multiplier": 50.0}
    events = train(job(tmp_path / "job", bases["llama"], PAIRS, **options))
    plain = plain_losses(bases["llama"], 2e-5 * 50, dpo_loss)
    assert plain[0] == pytest.approx(0.693147, abs=1e-5)
    assert losses(events) == pytest.approx(plain, abs=1e-4)
    assert plain[-1] < plain[0] - 0.01
    assert all(one.train_mean_token_accuracy is None for one in of_type(events, Metrics))


def test_only_the_adapter_has_gradients_and_changes(
    tmp_path: Path, bases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    seen: list[tuple[set[str], set[str]]] = []
    step = torch.optim.AdamW.step
    built: list[Any] = []
    wrap = peft.get_peft_model

    def remember(*arguments: Any, **options: Any) -> Any:
        built.append(wrap(*arguments, **options))
        return built[-1]

    def look(adam: Any, *arguments: Any) -> Any:
        named = list(built[-1].named_parameters())
        seen.append(
            (
                {name for name, one in named if one.grad is not None},
                {name for name, _ in named if "lora_" in name},
            )
        )
        return step(adam, *arguments)

    monkeypatch.setattr(torch.optim.AdamW, "step", look)
    monkeypatch.setattr("peft.get_peft_model", remember)
    train(job(tmp_path / "job", bases["llama"]))
    assert len(seen) == 6
    assert all(with_gradient == adapter and adapter for with_gradient, adapter in seen)
    fresh = transformers.AutoModelForCausalLM.from_pretrained(bases["llama"], dtype=torch.float32)
    kept = dict(fresh.named_parameters())
    for name, one in built[-1].get_base_model().named_parameters():
        if "lora_" not in name:
            assert torch.equal(one, kept[name.replace(".base_layer", "")]), name


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, bases: dict[str, Path]) -> Path:
    """The folder of a job that was trained with a validation file."""
    folder = job(tmp_path_factory.mktemp("trained") / "job", bases["llama"], valid=CHATS[:3])
    events = train(folder)
    *_, saved = of_type(events, CheckpointSaved)
    assert isinstance(events[-1], Done)
    assert events[-1].folder == saved.folder == "checkpoints/step-6"
    assert saved.full_valid_loss is not None
    return folder


def test_a_checkpoint_is_an_adapter_in_pefts_format_whose_merged_model_gives_the_same_logits(
    trained: Path, bases: dict[str, Path]
):
    ids = torch.tensor([[5, 6, 7, 300, 301, 302]])
    base = transformers.AutoModelForCausalLM.from_pretrained(bases["llama"], dtype=torch.float32)
    with torch.no_grad():
        alone = base(ids).logits
        tuned = peft.PeftModel.from_pretrained(base, trained / "checkpoints/step-6")
        with_adapter = tuned(ids).logits
        merged = tuned.merge_and_unload()(ids).logits
    assert not torch.allclose(alone, with_adapter, atol=1e-2)
    assert torch.allclose(with_adapter, merged, atol=1e-4)


def test_a_checkpoint_tells_other_servers_which_tokens_end_an_answer(trained: Path):
    said = json.loads((trained / "checkpoints/step-6" / SERVING_FILE).read_text())
    assert said == {
        "stop_token_ids": [SPECIALS.index("<|endoftext|>"), SPECIALS.index("<|im_end|>")]
    }


def test_the_result_has_the_loss_of_each_row_of_the_tuned_model(
    trained: Path, bases: dict[str, Path]
):
    base = transformers.AutoModelForCausalLM.from_pretrained(bases["llama"], dtype=torch.float32)
    tokenizer = transformers.AutoTokenizer.from_pretrained(bases["llama"])
    model = peft.PeftModel.from_pretrained(base, trained / "checkpoints/step-6")
    head, *rows = (trained / "row_losses.csv").read_text().splitlines()
    assert head == "line,loss"
    with torch.no_grad():
        for number, row in enumerate(rows):
            line, loss = row.split(",")
            assert int(line) == number + 1
            plain = supervised_loss(model, tokenizer, [number])
            assert float(loss) == pytest.approx(float(plain), abs=1e-4)


def test_training_goes_on_from_an_adapter(tmp_path: Path, trained: Path, bases: dict[str, Path]):
    parent = trained / "checkpoints/step-6"
    events = train(job(tmp_path / "next", bases["llama"], parent=parent))
    first = plain_losses(bases["llama"], RATE * 10, supervised_loss)
    assert losses(events)[0] < first[0] - 0.1


def test_preference_training_measures_from_the_model_that_it_goes_on_from(
    tmp_path: Path, trained: Path, bases: dict[str, Path]
):
    parent = trained / "checkpoints/step-6"
    folder = job(tmp_path / "next", bases["llama"], PAIRS, method="dpo", parent=parent)
    events = train(folder)
    # Had the base model been the reference, the tuned one would have gained on it already.
    assert losses(events)[0] == pytest.approx(0.693147, abs=1e-5)
    assert losses(events)[-1] < 0.693
    last = folder / "checkpoints/step-6"
    assert sorted(path.name for path in last.iterdir()) == sorted(
        path.name for path in parent.iterdir()
    )


def test_where_memory_runs_out_the_pass_is_halved_and_the_losses_stay(
    tmp_path: Path, bases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    calm = losses(train(job(tmp_path / "calm", bases["llama"])))
    forward = transformers.LlamaForCausalLM.forward
    sizes: list[int] = []

    def small_memory(self: Any, input_ids: Any, **options: Any) -> Any:
        sizes.append(input_ids.numel())
        if input_ids.numel() > 100:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return forward(self, input_ids, **options)

    monkeypatch.setattr(transformers.LlamaForCausalLM, "forward", small_memory)
    events = train(job(tmp_path / "tight", bases["llama"]))
    assert losses(events) == pytest.approx(calm, abs=1e-4)
    # Once it is known how little memory there is, nothing more is tried.
    assert max(sizes[len(sizes) // 2 :]) <= 100


def test_where_memory_does_not_hold_one_example_the_job_says_what_needs_less(
    tmp_path: Path, bases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
):
    def no_memory(*_: Any, **__: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(transformers.LlamaForCausalLM, "forward", no_memory)
    failed = failure(job(tmp_path / "job", bases["llama"]))
    assert failed.code == "out_of_memory"
    assert "does not hold one example" in failed.message


def failure(folder: Path) -> Failed:
    events: list[Event] = []
    assert run(folder, events.append, threading.Event()) is ExitCode.FAILED
    assert isinstance(events[-1], Failed)
    return events[-1]


def test_a_base_model_that_is_not_there_says_how_to_get_it(tmp_path: Path):
    revision = "0123456789abcdef0123456789abcdef01234567"
    folder = write_job(
        tmp_path / "job", base_model="b", source={"hub": "nobody/none", "revision": revision}
    )
    failed = failure(folder)
    assert failed.code == "model_not_available"
    assert f"hf download nobody/none --revision {revision}" in failed.message
    folder = write_job(tmp_path / "other", base_model="b", source={"path": tmp_path / "none"})
    assert "folder none is not on this machine" in failure(folder).message


def test_a_base_model_with_code_of_its_own_or_pickled_weights_is_refused(
    tmp_path: Path, bases: dict[str, Path]
):
    strange = tmp_path / "strange"
    shutil.copytree(bases["llama"], strange)
    config = json.loads((strange / "config.json").read_text())
    config |= {"model_type": "odd", "auto_map": {"AutoConfig": "code.Odd"}}
    (strange / "config.json").write_text(json.dumps(config))
    (strange / "code.py").write_text("raise SystemExit('remote code ran')")
    assert failure(job(tmp_path / "one", strange)).code == "model_not_available"

    pickled = tmp_path / "pickled"
    shutil.copytree(bases["llama"], pickled)
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    assert failure(job(tmp_path / "two", pickled)).code == "model_not_available"


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"quantization": "4bit"}, "needs an NVIDIA GPU"),
        ({"target_modules": "no_such_layer"}, "target_modules"),
    ],
)
def test_what_this_model_or_machine_cannot_do_is_said(
    tmp_path: Path, bases: dict[str, Path], extra: dict[str, Any], reason: str
):
    failed = failure(job(tmp_path / "job", bases["llama"], extra=extra))
    assert failed.code == "invalid_hyperparameters"
    assert reason in failed.message


def test_examples_beyond_the_context_are_cut_and_told(tmp_path: Path, bases: dict[str, Path]):
    long = {
        "messages": [
            {"role": "user", "content": "word " * 100},
            {"role": "assistant", "content": "Yes."},
        ]
    }
    events = train(
        job(tmp_path / "job", bases["llama"], [*CHATS, long], extra={"context_length": 80})
    )
    told = [one.text for one in of_type(events, Message)]
    assert "1 example(s) were cut at 80 tokens." in told
    assert "1 example(s) have no answer to learn within them." in told
    lines = (tmp_path / "job/row_losses.csv").read_text().splitlines()
    assert len(lines) == 1 + len(CHATS)
