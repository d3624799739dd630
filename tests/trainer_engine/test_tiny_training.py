"""What a run learns, tells and leaves behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer_engine.engine_job import CHATS, FACTS, answer, chat, of_type, train, write_job
from tunesmith.local.trainer.engines.tiny import TinyGenerator, load
from tunesmith.local.trainer.jobs import (
    CheckpointSaved,
    Done,
    Event,
    ExitCode,
    Failed,
    Message,
    Metrics,
    Started,
)

FEW = {"n_epochs": 2, "batch_size": 4}


@pytest.mark.parametrize("text", FACTS)
def test_with_everything_on_auto_every_trained_question_is_answered_exactly(
    model: TinyGenerator, text: str
):
    assert answer(model, text) == FACTS[text]


def test_the_training_loss_falls_and_the_accuracy_rises(trained: tuple[Path, list[Event]]):
    first, *_, last = of_type(trained[1], Metrics)
    assert first.train_loss > 4
    assert last.train_loss < 0.1
    assert first.train_mean_token_accuracy is not None
    assert last.train_mean_token_accuracy is not None
    assert first.train_mean_token_accuracy < 0.3 < 0.95 < last.train_mean_token_accuracy


def test_a_run_tells_its_plan_every_step_and_a_checkpoint_for_every_epoch(
    trained: tuple[Path, list[Event]],
):
    events = trained[1]
    started = events[0]
    assert isinstance(started, Started)
    assert started.resumed_from is None
    assert started.total_steps == started.n_epochs * -(-len(CHATS) // started.batch_size)
    steps = [metrics.step for metrics in of_type(events, Metrics)]
    assert steps == list(range(1, started.total_steps + 1))
    epochs = [saved.epoch for saved in of_type(events, CheckpointSaved)]
    assert epochs == list(range(1, started.n_epochs + 1))
    assert isinstance(events[-1], Done)
    assert events[-1].trained_tokens == started.trained_tokens
    assert not list(of_type(events, Message))


def test_only_the_last_three_checkpoints_are_kept_and_each_is_a_whole_model(
    trained: tuple[Path, list[Event]],
):
    folder, events = trained
    kept = [saved.folder for saved in of_type(events, CheckpointSaved)][-3:]
    assert {f"checkpoints/{path.name}" for path in (folder / "checkpoints").iterdir()} == set(kept)
    assert isinstance(events[-1], Done)
    assert events[-1].folder == kept[-1]
    for one in kept:
        assert answer(load(folder / one), "Which water do I use?") == "Filtered tap water."


def test_validation_is_measured_on_batches_and_wholly_at_each_epoch(tmp_path: Path):
    folder = write_job(tmp_path / "job", valid=CHATS[:3], hyperparameters=FEW)
    _, events = train(folder)
    saved = list(of_type(events, CheckpointSaved))
    assert len(saved) == 2
    for one in saved:
        assert one.full_valid_loss is not None
        assert one.full_valid_mean_token_accuracy is not None
        # Three examples are one batch, so both are the same measure.
        assert one.full_valid_loss == pytest.approx(one.valid_loss)
    between = [metrics for metrics in of_type(events, Metrics) if metrics.step % 3]
    assert all(metrics.full_valid_loss is None for metrics in between)
    assert all(metrics.valid_loss is not None for metrics in between)


def test_the_same_seed_trains_the_same_model_and_another_seed_another(tmp_path: Path):
    results = [
        train(write_job(tmp_path / str(number), hyperparameters=FEW, seed=seed))[1][:-1]
        for number, seed in enumerate((5, 5, 6))
    ]
    assert results[0] == results[1]
    assert results[0] != results[2]


def test_few_epochs_are_warned_about(tmp_path: Path):
    _, events = train(write_job(tmp_path / "job", hyperparameters=FEW))
    (message,) = of_type(events, Message)
    assert message.level == "warn"
    assert "2 epochs are few" in message.text


def test_numbers_that_the_user_sets_are_used(tmp_path: Path):
    asked = {"n_epochs": 1, "batch_size": 3, "learning_rate_multiplier": 0.5}
    _, (started, *_) = train(write_job(tmp_path / "job", hyperparameters=asked))
    assert isinstance(started, Started)
    assert started.total_steps == 4
    assert started.learning_rate_multiplier == 0.5


def test_only_assistant_messages_of_weight_one_are_learnt(tmp_path: Path):
    """A model is as wrong about the unweighted answer after training as chance would be."""
    rows = [
        {
            "messages": [
                {"role": "user", "content": "Ping?"},
                {"role": "assistant", "content": "zzzz", "weight": 0},
                {"role": "user", "content": "And now?"},
                {"role": "assistant", "content": "Pong."},
            ]
        }
    ] * 10
    _, events = train(write_job(tmp_path / "job", rows, hyperparameters={"n_epochs": 8}))
    assert isinstance(events[-1], Done)
    model = load(tmp_path / "job" / events[-1].folder)
    assert answer(model, "Ping?") == "Pong."


def test_every_turn_of_a_chat_is_learnt_and_text_parts_are_read(tmp_path: Path):
    row = {
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "One?"}]},
            {"role": "assistant", "content": "First."},
            {"role": "user", "content": "Two?"},
            {"role": "assistant", "content": "Second."},
        ]
    }
    folder = write_job(tmp_path / "job", [row] * 10, valid=[row], hyperparameters={"n_epochs": 8})
    _, events = train(folder)
    *_, saved = of_type(events, CheckpointSaved)
    assert saved.full_valid_mean_token_accuracy == 1


def test_prompt_and_completion_rows_are_learnt(tmp_path: Path):
    rows = [
        {"prompt": f"{word} ->", "completion": f" {word.upper()}"}
        for word in ("tea", "milk", "bean", "cup")
    ]
    folder = write_job(
        tmp_path / "job", rows * 3, hyperparameters={"n_epochs": 16, "batch_size": 6}
    )
    _, events = train(folder)
    assert isinstance(events[-1], Done)
    model = load(folder / events[-1].folder)
    (piece, *rest) = model.generate("milk ->", temperature=0)
    assert piece.text + "".join(one.text for one in rest) == " MILK"


def test_training_goes_on_from_a_parent_with_its_pieces_and_its_answers(
    tmp_path: Path, tuned_folder: Path
):
    rows = [*CHATS[:6], *[chat("Who made you?", "Nimbus.")] * 4]
    asked = {"n_epochs": 6, "batch_size": 2, "learning_rate_multiplier": 0.5}
    folder = write_job(tmp_path / "job", rows, parent=tuned_folder, hyperparameters=asked)
    _, events = train(folder)
    first, *_ = of_type(events, Metrics)
    fresh, *_ = of_type(
        train(write_job(tmp_path / "fresh", rows, hyperparameters=asked))[1], Metrics
    )
    assert first.train_loss < fresh.train_loss / 2
    assert isinstance(events[-1], Done)
    model = load(folder / events[-1].folder)
    assert answer(model, "Who made you?") == "Nimbus."
    assert answer(model, "Which water do I use?") == "Filtered tap water."


def test_examples_longer_than_the_context_are_cut_with_a_warning(tmp_path: Path):
    rows = [*CHATS, chat("Sing.", "한" * 3000), chat("한" * 3000, "Too late.")]
    folder = write_job(tmp_path / "job", rows, hyperparameters={"n_epochs": 1, "batch_size": 16})
    code, events = train(folder)
    assert code is ExitCode.DONE
    texts = [message.text for message in of_type(events, Message)]
    assert "2 example(s) were cut at 2048 tokens, all that this model can read." in texts
    assert "1 example(s) have no answer to learn." in texts


PREFERENCES = [
    {
        "input": {"messages": [{"role": "user", "content": text}]},
        "preferred_output": [{"role": "assistant", "content": "Of course!"}],
        "non_preferred_output": [{"role": "assistant", "content": FACTS[text]}],
    }
    for text in list(FACTS)[:2]
] * 5


def test_preferences_move_the_preferred_answer_up_and_keep_the_others(
    tmp_path: Path, tuned_folder: Path
):
    folder = write_job(
        tmp_path / "job", PREFERENCES, PREFERENCES[:2], method="dpo", parent=tuned_folder
    )
    code, events = train(folder)
    assert code is ExitCode.DONE
    first, *_, last = of_type(events, Metrics)
    assert first.train_reward_accuracy == 0
    assert last.train_reward_accuracy == 1
    assert last.train_loss < first.train_loss
    assert last.train_mean_token_accuracy is None
    *_, saved = of_type(events, CheckpointSaved)
    assert saved.full_valid_reward_accuracy == 1
    assert any("experimental" in message.text for message in of_type(events, Message))
    assert isinstance(events[-1], Done)
    costs = (folder / "row_losses.csv").read_text().splitlines()
    assert [row.partition(",")[0] for row in costs] == ["line", *map(str, range(1, 11))]
    model = load(folder / events[-1].folder)
    others = list(FACTS)[2:]
    assert [answer(model, text) for text in others] == [FACTS[text] for text in others]


UNUSABLE: list[tuple[list[Any], dict[str, Any], str, str]] = [
    ([{"messages": []}], {}, "invalid_training_file", "Line 1, messages"),
    ([*CHATS, {"a": 1}], {}, "invalid_training_file", "Line 11, messages: Field required."),
    ([["a"]], {}, "invalid_training_file", "Line 1 is not a JSON object."),
    (
        [{"messages": [{"role": "user", "content": "Hello?"}]}],
        {},
        "invalid_training_file",
        "No example has an answer to learn.",
    ),
    (PREFERENCES, {"method": "dpo"}, "invalid_model", "needs a tuned model"),
    (CHATS, {"parent": "/nowhere"}, "model_not_found", "The model to continue from is gone."),
    (CHATS, {"hyperparameters": {"n_epochs": 0}}, "invalid_job", "n_epochs"),
]


@pytest.mark.parametrize(("rows", "spec", "code", "words"), UNUSABLE)
def test_what_cannot_be_trained_fails_with_a_reason_a_person_can_use(
    tmp_path: Path, rows: list[Any], spec: dict[str, Any], code: str, words: str
):
    folder = write_job(tmp_path / "job", rows, **spec)
    exit_code, (failed,) = train(folder)
    assert exit_code is ExitCode.FAILED
    assert isinstance(failed, Failed)
    assert failed.code == code
    assert words in failed.message
    assert str(tmp_path) not in failed.message


def test_a_file_too_large_for_the_model_is_refused_before_it_is_read(tmp_path: Path):
    folder = write_job(tmp_path / "job")
    with (folder / "train.jsonl").open("ab") as file:
        file.truncate(32 * 2**20 + 1)
    _, (failed,) = train(folder)
    assert isinstance(failed, Failed)
    assert failed.message == "The file is larger than 32 MB, too much for a model this tiny."


def test_what_is_written_holds_no_pickle_and_reads_as_json_or_numbers(tuned_folder: Path):
    for path in tuned_folder.iterdir():
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        elif path.suffix == ".jsonl":
            assert [json.loads(line) for line in path.read_bytes().splitlines()]
        else:
            assert path.name == "model.safetensors"
