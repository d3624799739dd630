"""A model is asked the way it was trained."""

import json
from pathlib import Path
from typing import Any

import pytest

from tunesmith.bot.answers.prompt import Trained, Turn, build
from tunesmith.bot.datasets import Report, Selection, inspect_sync
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.providers.asking import Prompt
from tunesmith.bot.providers.catalogue import load_catalogue

_HISTORY = [Turn("q1", "a1"), Turn("q2", "a2")]


def test_a_chat_begins_with_the_trained_system_prompt_unless_another_is_given() -> None:
    trained = Trained(system="Answer in SQL.")
    said = build(trained, "How many?").messages
    assert said == (
        {"role": "system", "content": "Answer in SQL."},
        {"role": "user", "content": "How many?"},
    )
    assert build(trained, "?", system="Be short.").messages[0]["content"] == "Be short."
    assert [one["role"] for one in build(trained, "?", system="").messages] == ["user"]


def test_examples_and_history_stand_before_the_question_in_their_order() -> None:
    prompt = build(Trained(), "q3", history=_HISTORY, examples=[Turn("e", "f")])
    assert [one["content"] for one in prompt.messages] == ["e", "f", "q1", "a1", "q2", "a2", "q3"]
    assert prompt.temperature == 0
    assert prompt.most_tokens is None, "the limit is the model's"


def test_a_shorter_prompt_loses_its_oldest_turns_and_nothing_else() -> None:
    history = [Turn(f"q{n}", f"a{n}") for n in range(5)]
    prompt = build(Trained(system="s"), "q", history=history, examples=[Turn("e", "f")])
    shorter = prompt.shorter()
    assert shorter is not None
    said = [one["content"] for one in shorter.messages]
    assert said == ["s", "e", "f", "q3", "a3", "q4", "a4", "q"]
    assert (shorter.earlier, shorter.left_out) == (4, 6)
    last = shorter.shorter()
    assert last is not None
    none = last.shorter()
    assert none is not None
    assert [one["content"] for one in none.messages] == ["s", "e", "f", "q"]
    assert none.shorter() is None


def test_a_model_of_prompts_and_completions_continues_a_text_with_its_separator_and_stop() -> None:
    style = PairStyle(separator="\n\n###\n\n", stop=" END")
    prompt = build(Trained(style=style, longest_answer=400), "How many? ", history=_HISTORY)
    assert prompt.text == "How many?\n\n###\n\n"
    assert prompt.stop == (" END",)
    assert prompt.messages == ()
    assert prompt.most_tokens == 800, "a completion has a limit of its own"
    assert prompt.left_out == 4


def test_a_classification_asks_for_a_label_and_its_likeliest_others() -> None:
    trained = Trained(classes=("ham", "spam"), class_tokens=1)
    prompt = build(trained, "Win!", history=_HISTORY)
    assert (prompt.most_tokens, prompt.top_logprobs) == (1, 20)
    assert prompt.labels == ("ham", "spam")
    assert len(prompt.messages) == 1, "each question stands alone"
    assert build(trained, "Win!", most_tokens=9).most_tokens == 9


def _report(path: Path, *rows: object) -> Report:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return inspect_sync(path, name=path.name, selection=Selection(load_catalogue()))


def _asked(question: str, answer: str, **more: object) -> dict[str, object]:
    said = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": said, **more}


def test_the_report_of_a_file_tells_the_tools_that_most_examples_declare(tmp_path: Path) -> None:
    parameters: dict[str, Any] = {"type": "object", "properties": {}}
    function: dict[str, Any] = {"name": "look_up", "parameters": parameters}
    tool: dict[str, Any] = {"type": "function", "function": function}
    shared = [_asked(f"q{n}", "a", tools=[tool]) for n in range(8)]
    others = [_asked(f"o{n}", "a") for n in range(4)]
    assert _report(tmp_path / "tools.jsonl", *shared, *others).tools == [tool]
    older = [_asked(f"q{n}", "a", functions=[function]) for n in range(8)]
    assert _report(tmp_path / "functions.jsonl", *older).tools == [tool]
    assert _report(tmp_path / "few.jsonl", *others, *shared[:4]).tools == []


@pytest.mark.parametrize(("labels", "tokens"), [(("yes", "no"), 1), (("yes", "unbezahlbar"), 4)])
def test_the_report_of_a_classification_tells_its_longest_label(
    tmp_path: Path, labels: tuple[str, ...], tokens: int
) -> None:
    rows = [_asked(f"question {n} of many", labels[n % len(labels)]) for n in range(30)]
    report = _report(tmp_path / "classes.jsonl", *rows)
    assert set(report.classes) == set(labels)
    assert report.class_tokens == tokens


def test_a_prompt_without_history_cannot_be_made_shorter() -> None:
    assert Prompt(messages=({"role": "user", "content": "q"},)).shorter() is None
