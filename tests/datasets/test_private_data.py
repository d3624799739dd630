"""Secrets and personal data are found by their form, and ordinary text is not taken for them."""

from itertools import chain
from pathlib import Path

import pytest

from tests.datasets.defects import saying
from tests.datasets.files import chat, chats, look, message, of_code, said, write
from tests.datasets.private_samples import ASSIGNED, ORDINARY, PERSONAL, TOKENS, filled
from tunesmith.bot.datasets.private import personal, secrets
from tunesmith.bot.datasets.private.token_forms import FORMS, INTERRUPTED_FORMS
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import Text, text_for

SECRETS = {kind: filled(template) for kind, template in TOKENS.items()}
# One of each way in which a form is looked for.
SOME = ["Anthropic API key", "AWS access key ID", "GitLab token", "Slack webhook", "private key",
        "Telegram bot token", "password in a URL", "JSON Web Token", "Azure key"]  # fmt: skip
GOAL = 0.95


def _find(text: str) -> list[Passage]:
    buffer = TextBuffer([text])
    return [*secrets.find(buffer), *personal.find(buffer)]


def _english(passage: Passage) -> str:
    english: Text = text_for("en")
    return english(passage.what) if passage.what else ""


def test_recall_and_precision_on_the_labelled_set_reach_the_goal() -> None:
    numbers = chain.from_iterable(PERSONAL.values())
    positives = [*map(filled, (*TOKENS.values(), *ASSIGNED)), *numbers]
    assert len(positives) >= 116
    assert len(ORDINARY) >= 200
    missed = [text for text in positives if not _find(text)]
    wrong = [text for text in ORDINARY if _find(text)]
    found = len(positives) - len(missed)
    assert found / len(positives) >= GOAL, missed
    assert found / (found + len(wrong)) >= GOAL, wrong


@pytest.mark.parametrize("seed", range(1, 6))
def test_recall_does_not_hang_on_the_letters_that_were_made_up(seed: int) -> None:
    positives = [filled(one, seed) for one in (*TOKENS.values(), *ASSIGNED)]
    missed = [text for text in positives if not _find(text)]
    assert len(missed) <= (1 - GOAL) * len(positives), missed


@pytest.mark.parametrize("kind", SOME)
def test_a_secret_is_found_where_a_file_begins_with_it(kind: str, tmp_path: Path) -> None:
    lines = [chat(0, message("user", SECRETS[kind]), message("assistant", "a")), *chats()]
    assert look(write(tmp_path / "train.jsonl", lines)).counts["secret"] == 1


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("frame", ["key={}", "한국어 {} 한국어"])
def test_a_secret_is_an_error_and_never_shown(kind: str, frame: str, tmp_path: Path) -> None:
    text = frame.replace("{}", SECRETS[kind])
    report = look(write(tmp_path / "a.jsonl", [*chats(), saying(text)]))
    found = [said(finding) for finding in of_code(report, "secret")]
    assert found == [f"The text holds a secret: {kind.split(',', maxsplit=1)[0]}."]
    assert not report.valid
    assert SECRETS[kind].strip()[8:24] not in report.model_dump_json(exclude={"sample_questions"})


@pytest.mark.parametrize("frame", ["{}", "key={}", '"{}",', "한국어 {} 한국어", "x {}\n", "({})"])
def test_a_token_is_found_in_whatever_stands_around_and_called_by_its_kind(frame: str) -> None:
    for kind, secret in SECRETS.items():
        found = [_english(passage) for passage in _find(frame.replace("{}", secret))]
        assert found == [kind.split(",")[0]], (kind, secret)


@pytest.mark.parametrize("before", range(8))
def test_a_secret_is_found_at_any_place_among_blanks(before: int) -> None:
    for kind, secret in SECRETS.items():
        assert len(_find(" " * before + secret + " ")) == 1, kind


def test_every_form_of_a_token_is_tested() -> None:
    forms = [*FORMS, *(form for _, form in INTERRUPTED_FORMS)]
    kinds = {kind.split(",")[0] for kind in TOKENS}
    assert {text_for("en")(form.kind) for form in forms} <= kinds


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts]
)
@pytest.mark.parametrize("frame", ["{}", "see {}.", "번호는 {} 입니다", "a {}, b"])
def test_personal_data_is_found(kind: str, text: str, frame: str) -> None:
    assert [_english(passage) for passage in _find(frame.replace("{}", text))] == [kind]


def test_personal_data_is_a_warning(tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", [*chats(), saying("call 010-2345-6789")]))
    found = [said(finding) for finding in of_code(report, "personal_data")]
    assert found == ["The text holds personal data: phone number."]
    assert report.valid


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_not_taken_for_private(text: str) -> None:
    assert not [(_english(passage), passage) for passage in _find(text)]


def test_a_list_of_phone_numbers_is_as_many_findings(tmp_path: Path) -> None:
    numbers = [f"010-{2000 + number}-{3000 + number}" for number in range(12)]
    for text in (" ".join(numbers), ",".join(numbers), "\n".join(numbers)):
        report = look(write(tmp_path / "a.jsonl", [*chats(), saying(text)]))
        assert report.counts["personal_data"] == 12
