"""What is private in a file is never shown; what is not is shown as it stands."""

import json
from itertools import chain
from pathlib import Path

import pytest

from tests.datasets.files import chat, chats, look, message, of_code, said, write
from tests.datasets.private_samples import ASSIGNED, PERSONAL, TOKENS, filled
from tunesmith.bot.datasets.masking import excerpt, quoted, shortened
from tunesmith.bot.datasets.private import personal, secrets
from tunesmith.bot.datasets.text_buffer import TextBuffer

PRIVATE = [*map(filled, (*TOKENS.values(), *ASSIGNED)), *chain.from_iterable(PERSONAL.values())]
PLAIN = [
    "The order was shipped on 2024-01-31 and costs 1,234,567.89 won.",
    "주문 20240131-0001은 10월 3일 14:30에 도착합니다.",
    "订单 202401310012 将于 2024年1月31日 送达，价格 1,299 元。",
    "SELECT id, amount_2 FROM orders WHERE created_at >= '2024-01-01';",
    "def get_weather_v2(city_name: str, days_ahead: int = 7) -> list[str]:",
    "get_current_weather_2024",
    "o200k_base",
    "cl100k_base",
    "gpt-4.1-nano-2025-04-14",
    "ft:gpt-4o-mini-2024-07-18:acme:sql-v2:9fT2kQzL",
    "meta-llama/Llama-3.1-8B-Instruct-Turbo",
    "tool_call_id",
    "messages[2].content",
    "train_2024-01-31_final.jsonl",
    "550e8400-e29b-41d4-a716-446655440000",
    "git@github.com:openai/openai-python.git",
    "image@2x.png",
]


def _secrets_of(text: str) -> list[str]:
    buffer = TextBuffer([text])
    return [
        buffer.data[found.start : found.end].decode()
        for search in (secrets, personal)
        for found in search.find(buffer)
    ]


@pytest.mark.parametrize("frame", ["{}", "x {} y", '{"content": "{}"}'])
def test_nothing_private_survives_in_what_is_shown(frame: str) -> None:
    for private in PRIVATE:
        text = frame.replace("{}", private)
        for one in _secrets_of(text):
            for shown in (quoted(text), shortened(text)):
                assert one[4:] not in shown, text


@pytest.mark.parametrize("cut", [4, 9, 15])
def test_what_is_cut_off_before_or_behind_is_masked_all_the_same(cut: int) -> None:
    for private in PRIVATE:
        text = f"before {private} after"
        for one in _secrets_of(text):
            at = min(cut, len(one) // 2)
            place = text.index(one) + at
            assert one[at:] not in excerpt(text, place, len(text))
            assert one[:at] not in excerpt(text, 0, place)


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_not_private_is_shown_as_it_stands(text: str) -> None:
    assert shortened(text) == text
    assert json.loads(quoted(text)) == text[:40]


def test_keys_of_the_file_stand_in_paths_and_private_ones_are_masked(tmp_path: Path) -> None:
    key = filled("sk-proj-{b62:48}")
    asked = {"role": "user", "content": "q", "get_weather_v2_2024": 1, key: 1}
    rows = [{"messages": [{**asked}, {"role": "assistant", "content": "a"}]}]
    report = look(write(tmp_path / "a.jsonl", [*chats(), *map(_line, rows)]))
    (finding,) = of_code(report, "message_unrecognized_key")
    assert finding.path == "messages[0].get_weather_v2_2024"
    assert '"get_weather_v2_2024"' in said(finding)
    assert key[8:20] not in finding.model_dump_json()


def _line(row: object) -> bytes:
    return json.dumps(row).encode()


def test_a_restored_text_is_quoted_where_it_was_broken(tmp_path: Path) -> None:
    broken = "An answer that is long before it says ".ljust(60, ".") + "cafÃ© crÃ¨me"
    path = write(
        tmp_path / "train.jsonl",
        [*chats(), chat(1, message("user", "q"), message("assistant", broken))],
    )
    (finding,) = of_code(look(path), "mojibake")
    assert "café crème" in said(finding)
