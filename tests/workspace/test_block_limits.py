"""Blocks Slack refuses, with Slack's words and pointers; and the largest it takes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.workspace.conftest import Client, refusal

Block = dict[str, Any]


def plain(text: str = "x") -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Block:
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> Block:
    return {"type": "section", "text": mrkdwn()} | parts


def button(**parts: Any) -> Block:
    return {"type": "button", "text": plain()} | parts


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def options(count: int) -> list[Block]:
    return [{"text": plain(str(n)), "value": str(n)} for n in range(count)]


def select(**parts: Any) -> Block:
    return {"type": "static_select", "options": options(2)} | parts


def table(rows: int = 2, cells: int = 2) -> Block:
    row = [{"type": "raw_text", "text": "x"}] * cells
    return {"type": "table", "rows": [row] * rows}


def chart(series: int = 1, points: int = 2, **parts: Any) -> Block:
    names = [f"epoch {n}" for n in range(points)]
    return {
        "type": "data_visualization",
        "title": "Loss",
        "chart": {
            "type": "line",
            "series": [
                {"name": f"s{n}", "data": [{"label": name, "value": 1.5} for name in names]}
                for n in range(series)
            ],
            "axis_config": {"categories": names, "x_label": "epoch", "y_label": "loss"},
        },
    } | parts


LARGEST: list[tuple[str, list[Block]]] = [
    ("50 blocks", [{"type": "divider"}] * 50),
    ("section of 3000 characters", [section(text=mrkdwn("x" * 3000))]),
    ("10 fields of 2000 characters", [section(fields=[mrkdwn("x" * 2000)] * 10)]),
    ("header of 150 characters", [{"type": "header", "text": plain("x" * 150)}]),
    ("25 actions", [actions(*[button()] * 25)]),
    (
        "marked-up radio buttons and an overflow menu with a link",
        [
            actions(
                {"type": "radio_buttons", "options": [{"text": mrkdwn(), "value": "1"}]},
                {
                    "type": "overflow",
                    "options": [{"text": plain(), "value": "1", "url": "https://x.y"}],
                },
            )
        ],
    ),
    ("100 options", [actions(select(options=options(100)))]),
    (
        "button of 75 characters with 2000 of value",
        [actions(button(text=plain("x" * 75), value="v" * 2000))],
    ),
    ("markdown of 12000 characters", [{"type": "markdown", "text": "x" * 12_000}]),
    ("table of 100 by 20", [table(100, 20)]),
    ("chart of 6 series by 20 points", [chart(6, 20, title="x" * 50)]),
    ("two charts", [chart(), chart()]),
    ("context", [{"type": "context", "elements": [mrkdwn(), plain()] * 5}]),
    ("card", [{"type": "card", "title": mrkdwn("x" * 150), "actions": [button()]}]),
    ("container", [{"type": "container", "title": plain(), "child_blocks": [section()] * 10}]),
    (
        "plan",
        [
            {
                "type": "plan",
                "title": "p",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "t", "status": "pending"}],
            }
        ],
    ),
    (
        "data table",
        [{"type": "data_table", "caption": "c", "rows": table(3)["rows"], "page_size": 10}],
    ),
    (
        "rich text",
        [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
                    }
                ],
            }
        ],
    ),
    (
        "input with initial option",
        [{"type": "input", "label": plain(), "element": select(initial_option=options(2)[1])}],
    ),
]


@pytest.mark.parametrize("blocks", [b for _, b in LARGEST], ids=[name for name, _ in LARGEST])
async def test_the_largest_slack_takes_is_taken(blocks: list[Block], client: Client):
    answer = await client.chat_postMessage(channel="C0TUNING", text="x", blocks=blocks)
    assert len(answer["message"]["blocks"]) == len(blocks)


REFUSED: list[tuple[list[Any], str]] = [
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([{"type": "poem"}], "unsupported type: poem [json-pointer:/blocks/0/type]"),
    ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    (["x"], "must be an object [json-pointer:/blocks/0]"),
    (
        [{"type": "divider", "color": "red"}],
        "invalid additional property: color [json-pointer:/blocks/0]",
    ),
    (
        [section(text=mrkdwn("x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [section(text=mrkdwn(""))],
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    (
        [section(fields=[mrkdwn()] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        [section(fields=[mrkdwn("x" * 2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        [section(accessory={"type": "plain_text_input"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
    ),
    (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [{"type": "header", "text": mrkdwn()}],
        "must be a valid enum value [json-pointer:/blocks/0/text/type]",
    ),
    (
        [actions(*[button()] * 26)],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    ([actions()], "must provide at least 1 items [json-pointer:/blocks/0/elements]"),
    (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [actions(button(value="v" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [actions(button(style="blue"))],
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        [actions(select(options=options(101)))],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        [actions(select(options=[]))],
        "must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        [actions({"type": "static_select"})],
        "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
    ),
    (
        [actions(select(initial_option={"text": plain("9"), "value": "9"}))],
        "initial option does not exactly match any provided options"
        " [json-pointer:/blocks/0/elements/0]",
    ),
    (
        [actions(select(placeholder=plain("x" * 151)))],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/placeholder/text]",
    ),
    (
        [actions(select(options=[{"text": mrkdwn(), "value": "1"}]))],
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/options/0/text/type]",
    ),
    (
        [actions(select(options=[{"text": plain()}]))],
        "missing required field: value [json-pointer:/blocks/0/elements/0/options/0]",
    ),
    (
        [actions(select(options=[{"text": plain(), "value": "1", "url": "https://x.y"}]))],
        "invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]",
    ),
    (
        [actions({"type": "overflow", "options": [{"text": mrkdwn(), "value": "1"}]})],
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/options/0/text/type]",
    ),
    (
        [actions({"type": "overflow", "options": options(6)})],
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        [actions({"type": "checkboxes", "options": options(11)})],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        [{"type": "markdown", "text": "x" * 12_001}],
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
    ),
    (
        [{"type": "markdown", "text": "x" * 6_001}] * 2,
        "must be less than 12001 characters [json-pointer:/blocks]",
    ),
    ([table(rows=101)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    ([table(cells=21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ([chart(title="x" * 51)], "must be less than 51 characters [json-pointer:/blocks/0/title]"),
    ([chart(series=7)], "no more than 6 items allowed [json-pointer:/blocks/0/chart/series]"),
    (
        [chart(points=21)],
        "no more than 20 items allowed [json-pointer:/blocks/0/chart/axis_config/categories]",
    ),
    (
        [chart(), chart(), chart()],
        "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]",
    ),
    ([{"type": "alert", "text": plain()}], "unsupported type: alert [json-pointer:/blocks/0/type]"),
    (
        [{"type": "input", "label": plain(), "element": {"type": "file_input"}}],
        "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
    ),
    (
        [{"type": "image", "image_url": "http://x"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        [{"type": "image", "alt_text": "x"}],
        "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]",
    ),
    (
        [section(block_id="a"), section(block_id="a")],
        '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
    ),
    (
        [actions(button(action_id="a"), button(action_id="a"))],
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    (
        [section(block_id="x" * 256)],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    (
        [{"type": "container", "title": plain(), "child_blocks": [section()] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]",
    ),
    (
        [{"type": "card"}],
        "must define one of `hero_image`, `title`, `actions` or `body` [json-pointer:/blocks/0]",
    ),
]


@pytest.mark.parametrize(("blocks", "message"), REFUSED, ids=[text for _, text in REFUSED])
async def test_refused_blocks_are_explained_as_slack_does(
    blocks: list[Any], message: str, client: Client
):
    answer = await refusal(client.chat_postMessage(channel="C0TUNING", text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert message in answer["errors"]
    assert f"[ERROR] {message}" in answer["response_metadata"]["messages"]


Points = list[dict[str, Any]]
BROKEN: dict[str, Callable[[Points], Points]] = {
    "a point is missing": lambda points: points[1:],
    "a point too many": lambda points: [*points, points[0]],
    "an unknown label": lambda points: [{**points[0], "label": "other"}, *points[1:]],
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_every_series_of_a_chart_covers_every_category(broken: str, client: Client):
    block = chart(points=3)
    series = block["chart"]["series"][0]
    series["data"] = BROKEN[broken](series["data"])
    answer = await refusal(client.chat_postMessage(channel="C0TUNING", text="x", blocks=[block]))
    assert answer["errors"] == [
        "series data labels must match axis_config.categories [json-pointer:/blocks/0/chart]"
    ]


async def test_a_second_table_in_a_message_is_refused(client: Client):
    answer = await refusal(
        client.chat_postMessage(channel="C0TUNING", text="x", blocks=[table(), table()])
    )
    assert answer["error"] == "invalid_attachments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] only_one_table_allowed"]


async def test_missing_block_ids_and_action_ids_are_generated_and_given_ones_kept(
    client: Client,
):
    answer = await client.chat_postMessage(
        channel="C0TUNING",
        text="x",
        blocks=[
            section(block_id="mine", accessory=button()),
            actions(button(action_id="go"), button()),
        ],
    )
    first, second = answer["message"]["blocks"]
    assert first["block_id"] == "mine"
    assert first["accessory"]["action_id"]
    assert second["block_id"]
    assert second["elements"][0]["action_id"] == "go"
    assert second["elements"][1]["action_id"]
