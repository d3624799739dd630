"""Validation sets without leakage."""

import random
from pathlib import Path

import pytest

from tests.datasets.defects import asking
from tests.datasets.files import answer, chats, look, pair, question, write
from tunesmith.bot.datasets import Selection
from tunesmith.bot.datasets.split import Split, split, split_sync
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue


def divide(
    path: Path, seed: int = 0, share: float = 0.1, catalogue: Catalogue | None = None
) -> tuple[Split, list[bytes], list[bytes]]:
    """Split a file; gives the lines of both sides too."""
    training, validation = path.with_name("t.jsonl"), path.with_name("v.jsonl")
    done = split_sync(
        path,
        name=path.name,
        selection=Selection(catalogue or load_catalogue()),
        training=training,
        validation=validation,
        share=share,
        seed=seed,
    )
    return done, training.read_bytes().splitlines(), validation.read_bytes().splitlines()


def test_a_tenth_goes_aside_and_no_line_is_lost_or_moved(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats(200))
    done, training, validation = divide(path)
    lines = path.read_bytes().splitlines()
    assert (done.training, done.validation, done.questions) == (180, 20, 200)
    assert sorted(training + validation) == sorted(lines)
    assert training == [line for line in lines if line in set(training)]


def test_the_same_seed_gives_the_same_split_and_another_seed_another(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats(100))
    assert divide(path, seed=5) == divide(path, seed=5)
    assert divide(path, seed=5) != divide(path, seed=6)


@pytest.mark.parametrize("seed", range(5))
def test_equal_questions_and_near_duplicates_stay_on_one_side(tmp_path: Path, seed: int) -> None:
    long = " ".join(answer(number) for number in range(40))
    groups = [
        [
            asking(f"{question(number)} {long[number * 9 :]}{tail}", answer(tail))
            for tail in (1, 2, 3)
        ]
        + [asking(question(number), answer(other)) for other in range(3)]
        for number in range(20)
    ]
    path = write(tmp_path / "train.jsonl", [line for group in groups for line in group])
    _, training, validation = divide(path, seed=seed, share=0.3)
    assert validation
    report = look(write(tmp_path / "a.jsonl", [*training]), validation=tmp_path / "v.jsonl")
    assert "validation_overlap" not in report.counts
    assert "validation_near_overlap" not in report.counts


@pytest.mark.parametrize("seed", range(3))
def test_near_duplicates_without_a_question_stay_on_one_side(tmp_path: Path, seed: int) -> None:
    chance = random.Random(1)
    texts = [" ".join("".join(chance.sample("abcdefgh", 6)) for _ in range(30)) for _ in range(20)]
    lines = [pair("", f"{text} {tail}") for text in texts for tail in "abc"]
    path = write(tmp_path / "train.jsonl", lines)
    _, training, validation = divide(path, seed=seed, share=0.3)
    assert validation
    report = look(write(tmp_path / "a.jsonl", [*training]), validation=tmp_path / "v.jsonl")
    assert "validation_near_overlap" not in report.counts


def test_a_question_in_another_case_stays_on_the_same_side(tmp_path: Path) -> None:
    lines = [
        asking(text, f"{answer(number)} {text}")
        for number in range(30)
        for text in (question(number), question(number).upper(), question(number).rstrip("?"))
    ]
    done, training, validation = divide(write(tmp_path / "train.jsonl", lines), share=0.3)
    assert validation
    assert done.questions == 30
    report = look(write(tmp_path / "a.jsonl", [*training]), validation=tmp_path / "v.jsonl")
    assert "validation_overlap" not in report.counts


def test_the_providers_limits_hold(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats(100))
    whole = load_catalogue().model_dump()
    whole["providers"]["openai"]["validation_max_rows"] = 4
    assert divide(path, catalogue=Catalogue.model_validate(whole))[0].validation == 4


def test_a_file_too_small_to_be_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="needs 10 to train on"):
        divide(write(tmp_path / "train.jsonl", chats(10)))


async def test_examples_that_all_ask_the_same_cannot_be_split(
    tmp_path: Path, processes: Processes
) -> None:
    lines = [asking("Why?", answer(number)) for number in range(40)]
    with pytest.raises(DatasetError, match="too much alike"):
        await split(
            processes,
            write(tmp_path / "train.jsonl", lines),
            name="train.jsonl",
            selection=Selection(load_catalogue()),
            training=tmp_path / "t.jsonl",
            validation=tmp_path / "v.jsonl",
        )
