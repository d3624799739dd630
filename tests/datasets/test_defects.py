"""Every check finds its defect, and finds nothing in the same file without it."""

from pathlib import Path
from typing import Any

import pytest

from tests.datasets.defects import DEFECTS, ELSEWHERE, image, seeing
from tests.datasets.files import (
    answer,
    chat,
    chats,
    look,
    message,
    of_code,
    pairs,
    preferences,
    said,
    to_bytes,
    write,
)
from tests.datasets.samples import SAMPLED
from tunesmith.bot.datasets import Report, comparison, images, scan
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue


def test_every_code_has_samples_or_a_file_with_the_defect_and_one_without() -> None:
    sampled = {rule.code for rule in SAMPLED}
    assert sorted([*DEFECTS, *ELSEWHERE, *sampled]) == sorted(RULES)


@pytest.mark.parametrize("code", sorted(DEFECTS))
def test_the_defect_is_found_where_it_is_and_not_in_the_good_file(
    code: str, tmp_path: Path
) -> None:
    defect = DEFECTS[code]
    reports: list[Report] = []
    sides = [(defect.bad, defect.name, 0), (defect.good, defect.good_name, 1)]
    for content, name, side in sides:
        folder = tmp_path / str(side)
        folder.mkdir()
        validation = None
        if defect.validation is not None:
            validation = write(folder / "valid.jsonl", defect.validation[side])
        path = write(folder / name, content)
        reports.append(look(path, validation=validation, **defect.ask))
    bad, good = reports
    found = of_code(bad, code)
    assert found, f"{code} was not found, only {bad.counts}"
    assert defect.line is None or {finding.line for finding in found} == {defect.line}
    assert code not in good.counts
    is_error = RULES[code].severity is Severity.ERROR
    assert not (is_error and bad.valid)
    for finding in found:
        assert "{" not in said(finding).replace("{...}", "").replace('{"', "")
        assert len(finding.excerpt) <= 80


def _catalogue(**provider: object) -> Catalogue:
    """The catalogue with OpenAI changed."""
    whole = load_catalogue().model_dump()
    whole["providers"]["openai"] |= provider
    return Catalogue.model_validate(whole)


def test_a_file_larger_than_the_provider_takes_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats())
    size = path.stat().st_size
    assert "file_too_large" in look(path, catalogue=_catalogue(max_file_bytes=size - 1)).counts
    assert look(path, catalogue=_catalogue(max_file_bytes=size)).valid


def test_a_model_that_the_provider_does_not_train_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats())
    assert "unknown_model" in look(path, model="gpt-9").counts
    assert "unknown_model" not in look(path, model="gpt-4.1-2025-04-14").counts


def test_a_model_without_the_method_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", preferences())
    models = load_catalogue().model_dump()["providers"]["openai"]["models"]
    only_supervised = [model | {"methods": ["supervised"]} for model in models]
    name = models[0]["name"]
    found = look(path, model=name, catalogue=_catalogue(models=only_supervised))
    assert "model_without_method" in found.counts
    assert "model_without_method" not in look(path, model=name).counts


def test_a_model_whose_vocabulary_is_not_here_is_named_and_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats())
    models = load_catalogue().model_dump()["providers"]["openai"]["models"]
    old = models[0] | {"name": "davinci", "encoding": "r50k_base"}
    report = look(path, catalogue=_catalogue(models=[*models, old]))
    assert "davinci" in said(of_code(report, "tokens_not_counted")[0])
    assert "davinci" not in [cost.model for cost in report.costs]
    assert "tokens_not_counted" not in look(path).counts


def test_a_validation_file_above_the_limit_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats(30))
    validation = write(tmp_path / "valid.jsonl", chats(10, 300))
    few = _catalogue(validation_max_fraction=0.3)
    assert "validation_too_large" in look(path, validation=validation, catalogue=few).counts
    enough = _catalogue(validation_max_rows=10)
    assert look(path, validation=validation, catalogue=enough).valid


def test_more_image_examples_than_accepted_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "train.jsonl", [*chats(), seeing(image()), seeing(image(), image())])
    assert "too_many_image_examples" not in look(path).counts
    monkeypatch.setattr(images, "MAX_IMAGE_EXAMPLES", 1)
    assert "too_many_image_examples" in look(path).counts


@pytest.mark.parametrize(
    "gap", ["", " ", "  ", "   ", "\t", "\t ", " \t", "\t  ", "\r", "\r ", " \r"]
)
def test_a_key_written_twice_is_found_whatever_stands_before_a_colon(
    gap: str, tmp_path: Path
) -> None:
    line = (
        f'{{"messages": [{{"role"{gap}:"user", "content": "a", "content": "b"}}, '
        '{"role": "assistant", "content": "c"}]}'
    )
    path = write(tmp_path / "train.jsonl", [*chats(), line.encode()])
    assert look(path).counts["duplicate_key"] == 1


def test_pairs_that_are_not_compared_for_their_number_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = [saying_alike(number) for number in range(4)]
    path = write(tmp_path / "train.jsonl", [*chats(), *alike])
    assert look(path).counts["near_duplicate"] == 3
    monkeypatch.setattr(comparison, "MAX_COMPARED", 1)
    assert "near_duplicates_not_all_compared" in look(path).counts


def saying_alike(number: int) -> dict[str, Any]:
    """Long examples that differ in a number."""
    text = " ".join(answer(other) for other in range(20))
    return chat(0, message("user", f"{text} {number}?"), message("assistant", "Yes."))


def test_after_a_million_errors_the_rest_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "MAX_ERRORS", 1_000)
    line = b"[" + b" " * 60 + b"]\n"
    report = look(write(tmp_path / "train.jsonl", line * 100_000))
    assert "too_many_errors" in report.counts
    assert report.counts["data_type"] < 100_000
    assert "too_many_errors" not in look(write(tmp_path / "b.jsonl", b"[]\n" * 900)).counts


def test_a_byte_order_mark_is_no_error_where_the_provider_takes_one(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", b"\xef\xbb\xbf" + to_bytes(chats()))
    assert not look(path, provider="together").valid
    assert look(path, provider="azure").valid


def test_pairs_are_valid_where_the_provider_takes_them(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", pairs())
    assert not look(path, provider="openai").valid
    assert look(path, provider="nebius").valid


def test_every_bad_line_is_reported_not_only_the_first(tmp_path: Path) -> None:
    bad = {"messages": [message("user", "q")]}
    path = write(tmp_path / "train.jsonl", [line for good in chats() for line in (good, bad)])
    report = look(path)
    lines = [found.line for found in of_code(report, "example_missing_assistant_message")]
    assert lines == list(range(2, 26, 2))


def test_a_provider_that_is_not_in_the_catalogue_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", chats())
    with pytest.raises(DatasetError, match="no provider acme"):
        look(path, provider="acme")
