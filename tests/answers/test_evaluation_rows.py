"""Which questions and answers an evaluation takes from a file, and how people's choices count."""

import json
from pathlib import Path
from typing import Any

from tests.support.slice import chat_line
from tunesmith.bot.answers.evaluation.contestants import Contestant
from tunesmith.bot.answers.evaluation.rows import read_rows, spoken
from tunesmith.bot.answers.evaluation.summing import result_of
from tunesmith.bot.answers.metrics.execution import Execution, Outcome
from tunesmith.bot.answers.metrics.intents import Intent
from tunesmith.bot.answers.metrics.score import Score
from tunesmith.storage.evaluation_values import Row, RowAnswer


def _file(folder: Path, *lines: Any) -> Path:
    path = folder / "rows.jsonl"
    path.write_text(
        "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    )
    return path


def test_the_last_answer_of_a_chat_is_asked_for_with_all_that_stands_before_it(
    tmp_path: Path,
) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": "When do you open?"},
        {"role": "assistant", "content": "At seven."},
    ]
    unanswered = {"messages": [{"role": "user", "content": "Anyone?"}]}
    found = read_rows(_file(tmp_path, {"messages": messages}, unanswered))
    [row] = found.rows
    assert row.messages == messages[:4]
    assert (row.system, row.question, row.gold) == ("Be brief.", "When do you open?", "At seven.")
    assert found.left_out == 1


def test_pairs_and_preferences_are_asked_without_separators_and_worse_answers(
    tmp_path: Path,
) -> None:
    pairs = [{"prompt": f"Letter {n}\n\n###\n\n", "completion": f" class{n} END"} for n in range(9)]
    [first, *_] = read_rows(_file(tmp_path, *pairs)).rows
    assert (first.question, first.gold) == ("Letter 0", "class0")
    better = {
        "input": {"messages": [{"role": "user", "content": "Hello"}]},
        "preferred_output": [{"role": "assistant", "content": "Good day."}],
        "non_preferred_output": [{"role": "assistant", "content": "What?"}],
    }
    [row] = read_rows(_file(tmp_path, better)).rows
    assert (row.question, row.gold) == ("Hello", "Good day.")


def test_a_call_of_a_tool_is_compared_whatever_the_order_of_its_arguments(tmp_path: Path) -> None:
    function = {"name": "find", "arguments": '{"a": 1, "b": 2}'}
    messages = [
        {"role": "user", "content": "Find it"},
        {
            "role": "assistant",
            "tool_calls": [{"id": "1", "type": "function", "function": function}],
        },
    ]
    [row] = read_rows(_file(tmp_path, {"messages": messages})).rows
    assert row.gold == spoken("", [("find", '{"b": 2, "a": 1}')])


def test_of_a_large_file_rows_are_taken_evenly(tmp_path: Path) -> None:
    lines = [chat_line(f"Question {n}", "Answer") for n in range(100)]
    found = read_rows(_file(tmp_path, *lines), 4)
    assert [row.line for row in found.rows] == [13, 38, 63, 88]
    assert found.left_out == 96


def test_what_a_person_holds_to_be_right_counts_for_everyone_who_answered_so() -> None:
    def answer(number: int, contestant: str, text: str) -> RowAnswer:
        score = Score(
            intent=Intent.ROWS,
            exact=False,
            token_f1=0,
            chrf=0,
            refused=False,
            execution=Execution(outcome=Outcome.DIFFERENT, databases=25),
            right=False,
        )
        return RowAnswer("e", number, contestant, text, score=score.model_dump(mode="json"))

    row: dict[str, Any] = {"line": 1, "messages": [], "gold": "SELECT 2"}
    rows = [Row("e", 1, row, choice="both"), Row("e", 2, row, choice="gold"), Row("e", 3, row)]
    answers = [answer(n, "tuned", "SELECT 1") for n in (1, 2, 3)]
    answers += [
        answer(1, "base", "SELECT  1"),
        answer(2, "base", "SELECT 1"),
        answer(3, "base", ""),
    ]
    who = [
        Contestant(label="tuned", ref="t", provider="local", shown="tuned"),
        Contestant(label="base", ref="b", provider="local", shown="base"),
    ]
    found = result_of(rows, answers, who)
    assert (found.disputed, found.chosen) == ([1, 2, 3], 2)
    for column in found.columns:
        assert column.summary is not None
        assert column.summary.right is not None
        assert round(column.summary.right.value * 3) == 1
