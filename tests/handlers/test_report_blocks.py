"""What a report says first, and what it offers."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tests.support.slice import chat_line
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.inspection import inspect_sync
from tunesmith.bot.datasets.verdict import Selection
from tunesmith.bot.messages import Message, say, text_for
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.handlers.dataset.blocks import Copy, report_blocks, report_text
from tunesmith.handlers.slack.blocks import Block

_KEY = "sk-proj-aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3dE5fG7hI9jK2lM4nO6pQ8"


def _report(folder: Path, lines: list[str], name: str = "a.jsonl") -> Report:
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return inspect_sync(path, name=name, selection=Selection(load_catalogue()))


def _shown(
    report: Report, copy: Copy | None = None, notices: Sequence[Message] = ()
) -> list[Block]:
    return report_blocks(
        text_for("en"),
        report,
        "d",
        titles={"local": "Local", "openai": "OpenAI", "azure": "Azure"},
        copy=copy,
        budget=None,
        can_split=False,
        notices=notices,
    )


def _buttons(blocks: list[Block]) -> list[str]:
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def _findings(blocks: list[Block]) -> list[str]:
    texts = [block["text"]["text"] for block in blocks if "text" in block]
    [found] = [text for text in texts if text.startswith("*What stands out*")]
    return found.splitlines()[1:]


def test_a_leaked_secret_is_said_in_the_verdict_and_stands_before_all_else(tmp_path: Path) -> None:
    lines = [chat_line(f"{n}?", f"Yes, {n}.") for n in range(12)]
    lines[8], lines[3] = chat_line("Key?", _KEY), chat_line("The key?", _KEY)
    lines[4:7] = ['{"messages": []}', '{"messages": [1]}', "{"]
    report = _report(tmp_path, lines)
    for finding in report.findings:
        if finding.code == "secret":
            finding.severity = Severity.ERROR
    blocks = _shown(report)
    verdict = ":x: *Do not train on a.jsonl*: it holds 2 secrets (lines 4, 9)."
    assert blocks[0]["text"]["text"] == verdict
    assert "*Lines 4, 9*" in _findings(blocks)[0]
    assert report_text(text_for("en"), report) == "Do not train on a.jsonl: it holds 2 secrets."


def test_kinds_of_findings_stand_by_severity_then_by_how_many_there_are(tmp_path: Path) -> None:
    lines = [chat_line(f"{n}?", f"Yes, {n}.") for n in range(12)]
    lines[9] = lines[7] = lines[2] = '{"messages": [1]}'
    lines[1] = "{"
    first, second, third, *others = _findings(_shown(_report(tmp_path, lines)))
    assert "*Lines 3, 8, 10*" in first
    assert "*Lines 3, 8, 10*" in second
    assert "*Line 2*" in third
    assert [":x:" in line for line in others] == [False] * len(others)


def test_a_file_that_is_to_be_converted_says_what_it_is_and_offers_only_that(
    tmp_path: Path,
) -> None:
    rows = [{"instruction": f"{n}?", "output": f"Yes, {n}."} for n in range(12)]
    blocks = _shown(_report(tmp_path, [json.dumps(rows)], "a.json"))
    assert blocks[0]["text"]["text"] == (
        ":arrows_counterclockwise: *a.json* is Alpaca (instruction, input, output), as a JSON"
        " array: 12 examples can be converted to JSON Lines (chat)."
    )
    assert "the converted examples" in blocks[1]["elements"][0]["text"]
    before_and_after = blocks[2]["elements"][0]["elements"][0]["text"].splitlines()
    assert [line.split()[0] for line in before_and_after] == ["Line", "-", "+"] * 3
    assert _buttons(blocks) == ["convert_file"]
    assert any(block["type"] == "table" for block in blocks), "what the converted examples cost"
    assert not any(line.startswith(":x:") for line in _findings(blocks))


def test_errors_that_converting_does_not_take_away_are_counted(tmp_path: Path) -> None:
    rows = [{"instruction": f"{n}?", "output": f"Yes, {n}."} for n in range(12)]
    rows[3]["output"] = ""
    blocks = _shown(_report(tmp_path, [json.dumps(rows)], "a.json"))
    assert "1 error is left to fix after that." in blocks[1]["elements"][0]["text"]
    assert _findings(blocks)[0].startswith(":x: *Line 4*")


def test_a_file_of_which_nothing_can_be_converted_does_not_offer_it(tmp_path: Path) -> None:
    rows = [json.dumps({"instruction": [n], "output": "Yes."}) for n in range(12)]
    blocks = _shown(_report(tmp_path, rows))
    assert "convert_file" not in _buttons(blocks)
    assert blocks[0]["text"]["text"].startswith(":x:")


def test_pairs_that_are_converted_to_chat_say_so_and_name_no_costs(tmp_path: Path) -> None:
    rows = [f"What is {n}?,It is {n}." for n in range(12)]
    blocks = _shown(_report(tmp_path, ["prompt,completion", *rows], "a.csv"))
    assert "12 examples can be converted to JSON Lines (chat)" in blocks[0]["text"]["text"]
    assert "All figures here hold for the pairs" in blocks[1]["elements"][0]["text"]
    assert not any(block["type"] == "table" for block in blocks)


def test_a_report_that_an_earlier_version_stored_is_shown() -> None:
    stored = Path(__file__).parents[1] / "datasets" / "stored" / "report_0_1.json"
    report = Report.model_validate_json(stored.read_text("utf-8"))
    [first, *_] = _findings(_shown(report))
    assert text_for("en")(report.findings[0].message) in first


def test_a_file_whose_format_is_unknown_is_neither_fixed_nor_converted(tmp_path: Path) -> None:
    lines = [json.dumps({"left": n, "right": n}) for n in range(12)]
    blocks = _shown(_report(tmp_path, lines))
    assert _buttons(blocks) == []
    assert "*Format*\nunknown" in json.dumps(blocks).replace("\\n", "\n")
    assert "left" in json.dumps(_findings(blocks))


def test_a_file_with_nothing_wrong_but_a_secret_is_started_only_by_who_confirms_it(
    tmp_path: Path,
) -> None:
    lines = [chat_line(f"{n}?", f"Yes, {n}.") for n in range(12)]
    lines[3] = chat_line("The key?", _KEY)
    report = _report(tmp_path, lines)
    assert (report.valid, report.only_secrets) == (False, True)
    start = _shown(report)[-1]["elements"][0]
    assert start["action_id"] == "start_job"
    assert "style" not in start
    assert start["confirm"]["title"]["text"] == "Train on secrets?"
    lines[5] = "{"
    assert _buttons(_shown(_report(tmp_path, lines))) == []


def test_an_earlier_copy_is_told_without_its_link_where_slack_does_not_give_it(
    tmp_path: Path,
) -> None:
    report = _report(tmp_path, [chat_line(f"{n}?", f"Yes, {n}.") for n in range(12)])
    for link, words in (("https://x/1", ": <https://x/1|see its thread>."), (None, ".")):
        shown = json.dumps(_shown(report, Copy("U0ALICE", link)))
        assert f"was attached here before, by <@U0ALICE>{words}" in shown


def test_what_a_finding_says_of_a_providers_dates_is_not_said_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(chat_line(f"{n}?", f"Yes, {n}.") for n in range(60)) + "\n")
    catalogue, today = load_catalogue(), date(2026, 11, 21)
    selection = Selection(catalogue, "openai", None, today=today)
    report = inspect_sync(path, name=path.name, selection=selection)
    notices = [one.message for one in lifetime.notices(catalogue.providers["openai"], today)]
    other = say("lifetime.over", day=today)
    shown = json.dumps(_shown(report, notices=[*notices, other]))
    assert notices
    for notice in (*notices, other):
        assert shown.count(text_for("en")(notice)) == 1
