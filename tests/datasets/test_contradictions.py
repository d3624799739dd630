"""Which examples repeat each other, and which contradict each other."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.datasets.files import (
    answer,
    chat,
    chats,
    look,
    message,
    of_code,
    pair,
    pairs,
    preference,
    question,
    reinforcement,
    write,
)
from tests.datasets.generated import shuffled
from tunesmith.bot.datasets.checks.samples import WEATHER, call, calling


def _calling(arguments: str = '{"city": "Seoul"}', call_id: str = "call_1") -> dict[str, Any]:
    """A question that is answered by a call alone, in a message without content."""
    asked: dict[str, Any] = {"role": "assistant", "tool_calls": [call(arguments, call_id=call_id)]}
    return chat(0, message("user", question(1)), asked, tools=[WEATHER])


def _findings(tmp_path: Path, *lines: Any, **more: Any) -> dict[str, list[tuple[Any, Any]]]:
    """The lines of each finding about what examples have to do with each other."""
    report = look(write(tmp_path / "train.jsonl", [*lines]), **more)
    codes = ("exact_duplicate", "near_duplicate", "conflicting_answers", "validation_overlap")
    return {
        code: [(found.line, found.message.values["other"]) for found in of_code(report, code)]
        for code in codes
        if code in report.counts
    }


_DIFFERENT: list[tuple[Any, Any]] = [
    (chat(1), chat(1, message("user", question(1)), message("assistant", answer(1), weight=1))),
    (
        chat(0, message("user", "q", name="Kim"), message("assistant", "a")),
        chat(0, message("user", "q", name="Lee"), message("assistant", "a")),
    ),
    (
        chat(0, message("user", "q"), message("assistant", "a", refusal="No.")),
        chat(0, message("user", "q"), message("assistant", "a", refusal="Never.")),
    ),
    (
        chat(
            0,
            message("user", "q"),
            message("assistant", "a", weight=0),
            message("user", "r"),
            message("assistant", "b"),
        ),
        chat(
            0,
            message("user", "q"),
            message("assistant", "a", weight=1),
            message("user", "r"),
            message("assistant", "b"),
        ),
    ),
    (calling(call()), calling(call(call_id="call_2"), answers=("call_2",))),
    (chat(1, metadata={"id": 1}), chat(1, metadata={"id": 2})),
    (
        b'{"messages": [], "id": 123456789012345678901}',
        b'{"messages": [], "id": 123456789012345678902}',
    ),
    (b'{"messages": [], "id": "\\ud800"}', b'{"messages": [], "id": "\\ud801"}'),
    (reinforcement(1, grade=1), reinforcement(1, grade=2)),
]


@pytest.mark.parametrize(("one", "other"), _DIFFERENT)
def test_examples_that_differ_in_anything_are_no_duplicates(
    one: Any, other: Any, tmp_path: Path
) -> None:
    found = _findings(tmp_path, *chats(), one, other)
    assert "exact_duplicate" not in found
    assert "near_duplicate" not in found


@pytest.mark.parametrize(
    "example", [chat(1), calling(call()), pairs()[0], preference(1), reinforcement(1)]
)
def test_an_example_whose_keys_stand_in_another_order_is_a_duplicate(
    example: dict[str, Any], tmp_path: Path
) -> None:
    found = _findings(tmp_path, example, orjson.dumps(shuffled(example)))
    assert found == {"exact_duplicate": [(2, 1)]}


def _turns(*said: str, **last: Any) -> dict[str, Any]:
    """A conversation in which user and assistant take turns."""
    roles = ("user", "assistant")
    messages = [message(roles[index % 2], text) for index, text in enumerate(said)]
    messages[-1].update(last)
    return chat(0, *messages)


def _labelled(said: str, *, good: bool) -> dict[str, Any]:
    """An answer and whether it is good (KTO)."""
    return {"prompt": "Why?", "completion": said, "label": good}


_CONFLICTS: list[tuple[list[Any], list[tuple[int, int]]]] = [
    ([_turns("Why is it?", "Yes."), _turns("why is it", "No.")], [(2, 1)]),
    ([_turns("Why?", "Yes."), _turns("why", "Yes.")], []),
    ([_turns("Why?", "Yes."), _turns("Why?", "No.", weight=0)], []),
    ([_turns("A?", "B", "Why?", "Yes."), _turns("a", "B", "why", "No.")], [(2, 1)]),
    ([_turns("A?", "B", "Why?", "Yes."), _turns("A", "C", "Why?", "Yes.")], [(2, 1)]),
    ([_turns("A?", "B", "Why?", "Yes."), _turns("A?", "B")], []),
    ([_turns("A?", "B", "C?", "D"), _turns("a", "X")], [(2, 1)]),
    ([_calling(), _calling('{"city": "Busan"}')], [(2, 1)]),
    ([pair("Why ->", " yes"), pair("WHY  ->", " no")], [(2, 1)]),
    ([pair("", " yes"), pair("", " no")], []),
    (
        [
            _turns("Why?", "Yes."),
            chat(0, message("system", "Lie."), *_turns("Why?", "No.")["messages"]),
        ],
        [],
    ),
    ([_turns("Why?", "Yes."), {**_turns("Why?", "No."), "tools": [WEATHER]}], []),
    ([_turns("Why?", "A"), _turns("Why?", "B"), _turns("Why?", "A", weight=1)], [(2, 1), (3, 2)]),
    (
        [
            preference(1),
            preference(
                1,
                preferred_output=[message("assistant", "No idea about 1.")],
                non_preferred_output=[message("assistant", answer(1))],
            ),
        ],
        [(2, 1)],
    ),
    ([preference(1), preference(1, preferred_output=[message("assistant", "Other.")])], []),
    ([reinforcement(1), {**reinforcement(1), "reference_answer": "Other."}], [(2, 1)]),
    ([reinforcement(1, id="a"), reinforcement(1, id="b")], []),
    ([_labelled("Yes.", good=True), _labelled("Yes.", good=False)], [(2, 1)]),
    ([_labelled("Yes.", good=True), _labelled("No.", good=False)], []),
    ([_labelled("Yes.", good=True), _labelled("Yea.", good=True)], []),
]


@pytest.mark.parametrize(("lines", "conflicts"), _CONFLICTS)
def test_the_same_question_with_another_answer_is_a_contradiction_and_nothing_else(
    lines: list[Any], conflicts: list[tuple[int, int]], tmp_path: Path
) -> None:
    found = _findings(tmp_path, *lines)
    assert found == ({"conflicting_answers": conflicts} if conflicts else {})


def test_the_same_call_with_other_white_space_is_no_contradiction(tmp_path: Path) -> None:
    found = _findings(tmp_path, _calling(), _calling('{"city":"Seoul"}', "call_9"))
    assert found == {"near_duplicate": [(2, 1)]}


def test_a_contradiction_tells_at_which_turn_it_is(tmp_path: Path) -> None:
    lines = [_turns("A?", "B", "Why?", "Yes."), _turns("A?", "B", "Why?", "No.")]
    report = look(write(tmp_path / "train.jsonl", lines))
    assert of_code(report, "conflicting_answers")[0].path == "messages[3]"


def test_a_long_text_with_another_answer_is_no_near_duplicate(tmp_path: Path) -> None:
    long = " ".join(answer(number) for number in range(40))
    found = _findings(tmp_path, _turns(long, "Yes."), _turns(long.upper(), "No."))
    assert found == {"conflicting_answers": [(2, 1)]}


def test_a_question_in_another_case_overlaps_with_the_validation_file(tmp_path: Path) -> None:
    validation = write(tmp_path / "valid.jsonl", [_turns("WHY is it", "No."), *chats(9, 300)])
    found = _findings(tmp_path, *chats(), _turns("Why is it?", "Yes."), validation=validation)
    assert found == {"validation_overlap": [(13, 1)]}
