"""Rows that other tools train on become our formats, and lose nothing on the way."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datasets.files import Example
from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.conversion import shapes
from tunesmith.bot.datasets.conversion.shapes.shape import Shape

quick = settings(max_examples=60)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
turns = st.lists(st.tuples(texts, texts), min_size=1, max_size=3)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
extras = st.dictionaries(
    st.sampled_from(["id", "source", "score"]), texts | numbers | st.lists(numbers, max_size=2)
)
systems = st.none() | texts
arguments = st.dictionaries(texts, texts | st.integers(-(2**60), 2**60), max_size=2)


def converted(row: Any) -> Any:
    """The row in our format, by the shape that it is recognised as."""
    shape = shapes.recognise(row)
    assert shape is not None, row
    made = shapes.convert(row, shape)
    assert made is None or shapes.recognise(made) is None
    return made


@pytest.mark.parametrize("shape", shapes.SHAPES, ids=lambda shape: shape.name)
def test_the_example_of_a_shape_is_of_that_shape_and_becomes_one_of_our_formats(
    shape: Shape,
) -> None:
    before, after = shape.example
    given = copy.deepcopy(before)
    assert shapes.recognise(before) is shape
    assert shape.convert(before) == after
    assert before == given
    assert formats.recognise(after) is not None
    assert shapes.recognise(after) is None


def sharegpt(system: str | None, said: list[tuple[str, str]]) -> Example:
    """A row as ShareGPT has it."""
    both = [(("human", asked), ("gpt", answered)) for asked, answered in said]
    turns = [{"from": who, "value": text} for pair in both for who, text in pair]
    return {"conversations": turns} | ({"system": system} if system else {})


def alpaca(system: str | None, said: list[tuple[str, str]]) -> Example:
    """A row as Alpaca has it."""
    *before, (asked, answered) = said
    row: Example = {"instruction": asked, "input": "", "output": answered}
    return row | {"history": [list(each) for each in before], "system": system or ""}


def question_answer(system: str | None, said: list[tuple[str, str]]) -> Example:
    """A row with a query and a response."""
    *before, (asked, answered) = said
    row: Example = {"query": asked, "response": answered, "history": [list(e) for e in before]}
    return row | ({"system": system} if system else {})


def messages(said: list[tuple[str, str]]) -> list[Example]:
    """Messages of a user and an assistant in turn."""
    return [
        {"role": role, "content": text}
        for pair in said
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]


def system_beside(system: str | None, said: list[tuple[str, str]]) -> Example:
    """Messages with the system prompt beside them."""
    return {"messages": messages(said), "system": system or ""}


def gemini(system: str | None, said: list[tuple[str, str]]) -> Example:
    """A row as Vertex AI has it."""
    roles = {"user": "user", "assistant": "model"}
    contents = [
        {"role": roles[each["role"]], "parts": [{"text": each["content"]}]}
        for each in messages(said)
    ]
    given = {"systemInstruction": {"parts": [{"text": system}]}} if system else {}
    return {"contents": contents, **given}


def parts(system: str | None, said: list[tuple[str, str]]) -> Example:
    """A row as LLaMA-Factory's version 1 has it."""
    all_said = [*([{"role": "system", "content": system}] if system else []), *messages(said)]
    return {
        "messages": [
            {"role": each["role"], "content": [{"type": "text", "value": each["content"]}]}
            for each in all_said
        ]
    }


WRITERS: list[Callable[[str | None, list[tuple[str, str]]], Example]] = [
    sharegpt,
    alpaca,
    question_answer,
    system_beside,
    gemini,
    parts,
]


@quick
@given(systems, turns)
def test_one_conversation_becomes_the_same_example_whatever_its_shape(
    system: str | None, said: list[tuple[str, str]]
) -> None:
    before = [{"role": "system", "content": system}] if system else []
    same = {"messages": [*before, *messages(said)]}
    for write in WRITERS:
        assert converted(write(system, said)) == same, write.__name__


def leaves(value: Any, key: str = "") -> Iterator[str | int | float]:
    """The texts and numbers of a value, without the words for roles and kinds."""
    if isinstance(value, dict):
        for name, item in cast("Example", value).items():
            yield from leaves(item, name)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from leaves(item)
    elif isinstance(value, str | int | float) and key not in ("from", "role", "type"):
        yield value


def assert_nothing_lost(row: Any, made: Any) -> None:
    """Every text and number of the row is in what was made of it, under whatever name."""
    kept = list(leaves(made))
    said = "\n".join(leaf for leaf in kept if isinstance(leaf, str))
    for leaf in leaves(row):
        written = json.dumps(leaf, ensure_ascii=False).strip('"')
        assert leaf in kept or str(leaf) in said or written in said, leaf


@quick
@given(systems, turns, extras, st.sampled_from(WRITERS))
def test_nothing_of_a_row_is_lost_and_what_has_no_place_stays_beside(
    system: str | None, said: list[tuple[str, str]], extra: Example, write: Callable[..., Example]
) -> None:
    row = {**write(system, said), **extra}
    made = converted(row)
    assert_nothing_lost(row, made)
    assert {key: made[key] for key in extra} == extra


@quick
@given(texts, st.text("abc", min_size=1, max_size=5), arguments, texts, texts)
def test_calls_of_functions_keep_their_arguments_and_find_their_answers(
    asked: str, name: str, given: Example, result: str, answered: str
) -> None:
    declared: list[Example] = [{"name": name, "parameters": {"type": "object", "properties": {}}}]
    row = {
        "conversations": [
            {"from": "human", "value": asked},
            {"from": "function_call", "value": json.dumps({"name": name, "arguments": given})},
            {"from": "observation", "value": result},
            {"from": "gpt", "value": answered},
        ],
        "tools": json.dumps(declared),
    }
    made = converted(row)
    assert made["tools"] == [{"type": "function", "function": declared[0]}]
    (call,) = made["messages"][1]["tool_calls"]
    assert call["function"]["name"] == name
    assert json.loads(call["function"]["arguments"]) == given
    assert made["messages"][2] == {"role": "tool", "content": result, "tool_call_id": call["id"]}
    assert made["messages"][3]["content"] == answered


def test_a_call_without_an_answer_gets_none_of_a_later_one() -> None:
    two = json.dumps([{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}])
    called = [{"from": "function_call", "value": two}, {"from": "observation", "value": "1"}]
    row: Example = {"conversations": [{"from": "human", "value": "a"}, *called, *called]}
    answered = [each.get("tool_call_id") for each in converted(row)["messages"]]
    assert answered == [None, None, "call00001", None, "call00003"]


def test_geminis_calls_and_declarations_are_as_openai_writes_them() -> None:
    declared: Example = {"name": "weather", "parameters": {"type": "OBJECT", "properties": {}}}
    row: Example = {
        "contents": [
            {"role": "user", "parts": [{"text": "Warm?"}, {"text": "Or cold?"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {"n": 1}}}]},
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "weather", "response": {"c": 28}}}],
            },
            {"role": "model", "parts": [{"text": "Warm."}]},
        ],
        "tools": [{"functionDeclarations": [declared]}],
    }
    made = converted(row)
    roles = [each["role"] for each in made["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant"]
    assert made["messages"][0]["content"][1] == {"type": "text", "text": "Or cold?"}
    (call,) = made["messages"][1]["tool_calls"]
    assert call["function"] == {"name": "weather", "arguments": '{"n":1}'}
    assert made["messages"][2]["tool_call_id"] == call["id"]
    assert made["tools"][0]["function"]["parameters"]["type"] == "object"


@quick
@given(turns, texts, texts)
def test_a_preference_is_the_same_whether_its_prompt_is_written_out_or_not(
    said: list[tuple[str, str]], better: str, worse: str
) -> None:
    prompt = [*messages(said), {"role": "user", "content": "And now?"}]
    one, other = (
        {"role": "assistant", "content": f"{number}{text}"}
        for number, text in ((1, better), (2, worse))
    )
    expected = {
        "input": {"messages": prompt},
        "preferred_output": [one],
        "non_preferred_output": [other],
    }
    rows: list[Example] = [
        {"prompt": prompt, "chosen": [one], "rejected": [other]},
        {"chosen": [*prompt, one], "rejected": [*prompt, other]},
        {"prompt": prompt, "chosen": [*prompt, one], "rejected": [*prompt, other]},
        {"prompt": prompt, "chosen": one["content"], "rejected": other["content"]},
        {"chosen_messages": [*prompt, one], "rejected_messages": [*prompt, other]},
        {
            "conversations": [{"from": e["role"], "value": e["content"]} for e in prompt],
            "chosen": {"from": "gpt", "value": one["content"]},
            "rejected": {"from": "gpt", "value": other["content"]},
        },
    ]
    for row in rows:
        assert converted(row) == expected


def test_a_question_text_that_the_answers_repeat_is_not_asked_twice() -> None:
    row = {
        "prompt": "Why?",
        "chosen": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}],
        "rejected": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "No."}],
        "score_chosen": 9.5,
    }
    made = converted(row)
    assert made["input"]["messages"] == [{"role": "user", "content": "Why?"}]
    assert made["preferred_output"] == [{"role": "assistant", "content": "So."}]
    assert made["score_chosen"] == 9.5


def test_only_the_completion_of_message_pairs_is_learnt() -> None:
    prompt = [*messages([("a", "b")]), {"role": "user", "content": "c"}]
    made = converted({"prompt": prompt, "completion": [{"role": "assistant", "content": "d"}]})
    assert [each.get("weight") for each in made["messages"]] == [None, 0, None, None]


@pytest.mark.parametrize(
    "row",
    [
        {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt"}]},
        {"conversations": [{"from": "function_call", "value": "not JSON"}]},
        {"question": "a", "answer": {"text": ["b"]}},
        {"question": "a", "answer": "b", "history": [["only one"]]},
        {"chosen": "all in one text", "rejected": "all in another"},
        {"instruction": "a", "output": "b", "messages": "c"},
        {"contents": [{"role": "user", "parts": [{"fileData": {"fileUri": "gs://a"}}]}]},
    ],
)
def test_what_is_not_understood_is_not_converted(row: Example) -> None:
    shape = shapes.recognise(row)
    assert shape is None or shape.convert(row) is None


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [{"role": "user", "content": "a"}]},
        {"messages": [{"role": "user", "content": "a"}], "tools": []},
        {"messages": [{"role": "user", "content": "a"}], "reference_answer": "b"},
        {"prompt": "a", "completion": "b"},
        {"Prompt": "a", "Completion": "b"},
        {"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []},
        {"text": "one long text"},
        {"text": "a", "label": "b"},
        {"name": "a"},
    ],
)
def test_our_own_formats_and_what_nobody_knows_have_no_foreign_shape(row: Example) -> None:
    assert shapes.recognise(row) is None


def test_a_chat_template_is_read_only_where_it_is_exact() -> None:
    text = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>"
    assert converted({"text": text}) == converted({"text": text + "\n"})
    for broken in (text[:-3], text + " more", text.replace("user", "narrator"), "So: " + text):
        assert shapes.recognise({"text": broken}) is None
    llama = (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
    )
    gemma = "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n"
    assert converted({"text": llama}) == converted({"text": text}) == converted({"text": gemma})


def test_what_has_two_shapes_is_converted_from_both() -> None:
    picture = "https://example.com/a.png"
    turns = [{"from": "human", "value": "<image>What?"}, {"from": "gpt", "value": "A cat."}]
    made = converted({"conversations": turns, "images": [picture], "system": "Be short."})
    assert list(made) == ["messages"]
    assert made["messages"][1]["content"] == [
        {"type": "image_url", "image_url": {"url": picture}},
        {"type": "text", "text": "What?"},
    ]


def test_pictures_without_a_mark_each_stay_beside() -> None:
    row: Example = {"messages": messages([("<image> <image>", "b")]), "images": ["a.png"]}
    assert shapes.recognise(row) is None


def test_a_rejected_response_makes_a_preference_of_a_query_too() -> None:
    row = {"query": "Why?", "response": "So.", "rejected_response": "No.", "system": "Short."}
    made = converted(row)
    assert [each["content"] for each in made["input"]["messages"]] == ["Short.", "Why?"]
    assert made["preferred_output"][0]["content"] == "So."
    assert made["non_preferred_output"][0]["content"] == "No."
