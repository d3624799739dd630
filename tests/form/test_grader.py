"""The grader of reinforcement: typed as JSON, refused at its field, sent with the job."""

import json
from typing import Any

import pytest

from tests.datasets.files import reinforcements
from tests.form.conftest import Desk, element, fields_of
from tunesmith.bot.jobs.graders import read_grader, same_answer
from tunesmith.bot.jobs.limits import RefusedError
from tunesmith.bot.messages import LANGUAGES, text_for

pytestmark = pytest.mark.databases("sqlite")

REASONING = "azure/o4-mini-2025-04-16"
CHECK = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference_answer}}",
    "operation": "eq",
}
MODEL = {
    "type": "score_model",
    "name": "judge",
    "model": "o4-mini-2025-04-16",
    "input": [{"role": "user", "content": "Is {{ sample.output_text }} right?"}],
    "range": [0, 1.5],
}
PROGRAM = {
    "type": "python",
    "name": "own",
    "source": "def grade(sample, item):\n    return len(f'{{x}}') * 0.5",
}
MULTI = {
    "type": "multi",
    "name": "both",
    "graders": {"same": CHECK, "judge": MODEL},
    "calculate_output": "0.5 * same + 0.5 * judge",
}
LIKE = {**CHECK, "type": "text_similarity", "evaluation_metric": "fuzzy_match"}
del LIKE["operation"]


@pytest.mark.parametrize(
    "grader", [CHECK, LIKE, MODEL, PROGRAM, MULTI, {**MULTI, "graders": CHECK}]
)
def test_graders_of_openais_reference_are_taken_as_they_are(grader: dict[str, Any]) -> None:
    assert read_grader(json.dumps(grader)) == grader


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "not JSON: look at line 1"),
        ('{\n"type": "python",\n', "look at line 3"),
        ("[]", "“type”"),
        ('{"type": "lambda"}', "'string_check'"),
        (json.dumps({**CHECK, "operation": "is"}), "“string_check.operation”"),
        (json.dumps({**CHECK, "name": 1}), "“string_check.name”"),
        (json.dumps({"type": "python", "name": "p"}), "“python.source” is missing"),
        (json.dumps({**CHECK, "weight": 1}), "“string_check.weight” is not a field"),
        (json.dumps({**MODEL, "range": [1]}), "“score_model.range”"),
        (json.dumps({**CHECK, "input": "{{output}}"}), "“output” is not known"),
        (json.dumps({**MULTI, "graders": {"same": MULTI}}), "“multi.graders"),
        ("[" * 100_000, "not JSON"),
        ('{"type": "python", "name": "p", "source": NaN}', "“python.source”"),
    ],
)
def test_what_is_wrong_with_a_grader_is_said_with_its_place(typed: str, said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_grader(typed)
    assert list(refused.value.choices) == ["grader"]
    assert said in str(refused.value)
    for language in LANGUAGES:
        assert text_for(language)(refused.value.message)


async def test_the_form_asks_for_a_grader_where_the_catalogue_has_none_and_refuses_a_wrong_one(
    desk: Desk,
) -> None:
    await desk.file(reinforcements(20), name="r.jsonl", provider="azure")
    form = await desk.open()
    assert element(form, "model")["initial_option"]["value"] == REASONING
    assert read_grader(element(form, "grader")["initial_value"]) == same_answer("reference_answer")
    assert set(await desk.send(form, grader="{")) == {"grader"}
    assert await desk.jobs() == []
    assert await desk.send(form, grader=json.dumps(CHECK)) == {}
    [job] = await desk.jobs()
    assert (job.method, job.grader) == ("reinforcement", CHECK)


async def test_a_grader_names_fields_that_the_rows_have(desk: Desk) -> None:
    rows = [
        {"messages": [{"role": "user", "content": f"{n} and 1?"}], "solution": str(n + 1)}
        for n in range(20)
    ]
    await desk.file(rows, name="r.jsonl", provider="azure")
    form = await desk.open()
    assert read_grader(element(form, "grader")["initial_value"]) == same_answer("solution")
    refused = await desk.send(form, grader=json.dumps(CHECK))
    said = "The rows have no field “reference_answer”. They have messages and solution."
    assert refused == {"grader": said}
    assert await desk.jobs() == [], "nobody pays for answers that are compared with nothing"
    assert await desk.send(form, grader=json.dumps(same_answer("solution"))) == {}


async def test_the_catalogues_grader_is_used_where_none_is_typed(desk: Desk) -> None:
    azure = desk.catalogue.providers["azure"].model_copy(update={"grader": CHECK})
    providers = {**desk.catalogue.providers, "azure": azure}
    await desk.restart_bot(catalogue=desk.catalogue.model_copy(update={"providers": providers}))
    await desk.file(reinforcements(20), name="r.jsonl", provider="azure")
    assert await desk.send(await desk.open()) == {}
    [job] = await desk.jobs()
    assert job.grader is None


async def test_other_methods_are_not_asked_for_a_grader(desk: Desk) -> None:
    await desk.file()
    assert "grader" not in fields_of(await desk.open())
