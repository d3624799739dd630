"""Token counts equal tiktoken's, on everything."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.datasets.defects import image
from tests.datasets.files import chat, chats, look, message, write
from tunesmith.bot.datasets import chat_tokens, tokens
from tunesmith.bot.datasets.findings import Json

_ENGLISH = "the of question answer don't we're model's Database river it'll I'd naïve café"
_KOREAN = "주문 고객이 상품을 배송했습니다. 학습 데이터는 무엇인가요? 서울에서 테이블의 합계"
_CHINESE = "订单 客户 数据库 表的结构是什么？ 请用SQL查询 上个月的总金额，谢谢。 模型"
_CODE = "def f(x): return x**2\n\tif (a != b) { foo_bar(); } /* SELECT */ 0xFF 3.14e-10 <div/>"
_EMOJI = "😀 👩\u200d👩\u200d👧 🇰🇷 ✅ 🧠 👍🏽 ©️ 𝒳 ﷽ é ̈ Ω ǅ ß İ"
_SPECIAL = "<|endoftext|> <|im_start|> <|endofprompt|> <|fim_prefix|> <|eot_id|> [INST] </s>"
_NUMBERS = "1 22 333 4444 1234567 ١٢٣ ½ Ⅷ 1,000.50 2024-01-31 007"
_MARKS = "' 's 'S '' ’s -- … !!! /// 。。 ？！ :-) #@% \""
_WORDS = (_ENGLISH, _KOREAN, _CHINESE, _CODE, _EMOJI, _SPECIAL, _NUMBERS, _MARKS)
_SPACES = [" ", "  ", "\n", "\n\n", "\t", "\r\n", "\u3000", "\u00a0", "\u200b", " " * 17, ""]
_KINDS = [_SPACES, *(words.split(" ") for words in _WORDS)]


def fuzz(count: int, seed: int) -> Iterator[str]:
    """Texts of all kinds, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        kinds = chance.sample(_KINDS, chance.randint(1, 4))
        pieces = [chance.choice(chance.choice(kinds)) for _ in range(chance.randint(0, 12))]
        if chance.random() < 0.2:
            pieces.append(
                chr(chance.choice((chance.randrange(0xD800), chance.randrange(0x10000, 0x110000))))
            )
        yield chance.choice(("", " ", "", "\n")).join(pieces)


@pytest.mark.parametrize(("encoding", "count"), [("o200k_base", 80_000), ("cl100k_base", 20_000)])
def test_counts_equal_tiktokens_on_a_hundred_thousand_texts(encoding: str, count: int) -> None:
    texts = list(fuzz(count, seed=count))
    expected = [
        len(found)
        for found in (
            tokens.reference(encoding).encode(text, disallowed_special=()) for text in texts
        )
    ]
    assert tokens.count(texts, encoding) == expected


@pytest.mark.parametrize("encoding", tokens.OFFLINE_ENCODINGS)
def test_counts_equal_tiktokens_on_letters_that_one_of_the_two_does_not_know(encoding: str) -> None:
    # All of the first plane, the letters of the others that are new, and some of the rest.
    points = {*range(0x20, 0xD800, 7), *range(0x1AB0, 0x1B00), *range(0xA7C0, 0xA800)}
    points |= {0x88F, 0xC5C, 0xCDC, *range(0x10940, 0x10960), *range(0x10EC0, 0x10F00)}
    points |= {*range(0x11B60, 0x11B70), *range(0x11DB0, 0x11DF0), *range(0x16EA0, 0x16EE0)}
    points |= {*range(0x16FF0, 0x17000), *range(0x187F0, 0x18800), *range(0x18D00, 0x18E00)}
    points |= {*range(0x1E6C0, 0x1E700), *range(0x2B730, 0x2B740), *range(0x2CEA0, 0x2CEB0)}
    points |= {*range(0x323A0, 0x33490, 3), *range(0x10000, 0x33490, 61)}
    texts = [f"we{chr(point)}'re The{chr(point)}The {chr(point)} the" for point in sorted(points)]
    expected = [
        len(tokens.reference(encoding).encode(text, disallowed_special=())) for text in texts
    ]
    assert tokens.count(texts, encoding) == expected


def test_every_encoding_works_without_a_network_and_an_unknown_one_is_refused() -> None:
    assert tokens.source("o200k_base") == "o200k_base"
    assert tokens.source("p50k_base") is None
    with pytest.raises(KeyError):
        tokens.count(["a"], "r50k_base")


def test_a_special_token_inside_a_text_counts_as_text() -> None:
    assert tokens.count(["<|endoftext|>"], "o200k_base") == [7]


def test_a_chat_example_counts_as_the_cookbook_counts_it(tmp_path: Path) -> None:
    example = chat(
        0,
        message("system", "You are Marv."),
        message("user", "Hi!", name="Min"),
        message("assistant", "Oh, hello."),
    )
    encoding = tokens.reference("o200k_base")
    expected = 3
    for said in example["messages"]:
        expected += 3 + sum(len(encoding.encode(value)) for value in said.values())
        expected += 1 if "name" in said else 0
    report = look(write(tmp_path / "train.jsonl", [example]))
    assert report.tokens.total == expected
    assert report.tokens.assistant == len(encoding.encode("Oh, hello."))


def test_declared_tools_count_as_in_the_cookbooks_example(tmp_path: Path) -> None:
    # The cookbook's own example, for which it and the API give 101 tokens with gpt-4o.
    weather = {
        "type": "function",
        "function": {
            "name": "get_current_weather",
            "description": "Get the current weather in a given location",
            "parameters": {
                "type": "object",
                "properties": {
                    "location": {
                        "type": "string",
                        "description": "The city and state, e.g. San Francisco, CA",
                    },
                    "unit": {
                        "type": "string",
                        "description": "The unit of temperature to return",
                        "enum": ["celsius", "fahrenheit"],
                    },
                },
                "required": ["location"],
            },
        },
    }
    messages = [
        message(
            "system", "You are a helpful assistant that can answer to questions about the weather."
        ),
        message("user", "What's the weather like in San Francisco?"),
    ]
    path = write(tmp_path / "train.jsonl", [{"messages": messages, "tools": [weather]}])
    assert look(path).tokens.total == 101


def test_an_image_costs_what_its_size_says() -> None:
    def cost(size: tuple[int, int], detail: str) -> int:
        picture: Json = {"url": image(size=size), "detail": detail}
        return chat_tokens.image_tokens({"type": "image_url", "image_url": picture})

    # The examples of OpenAI's guide.
    assert cost((1024, 1024), "high") == 765
    assert cost((2048, 4096), "high") == 1105
    assert cost((4096, 8192), "low") == 85


def test_tokens_of_an_open_model_are_counted_with_its_own_vocabulary(tmp_path: Path) -> None:
    vocabulary = {"h": 0, "i": 1, "hi": 2}
    file = tmp_path / "tokenizer.json"
    file.write_text(
        json.dumps(
            {
                "version": "1.0",
                "added_tokens": [],
                "normalizer": None,
                "pre_tokenizer": None,
                "post_processor": None,
                "decoder": None,
                "model": {"type": "BPE", "vocab": vocabulary, "merges": [["h", "i"]]},
            }
        )
    )
    source = tokens.source("own", file)
    assert source is not None
    assert tokens.count(["hi", "hih", "hi"], source) == [1, 2, 1]
    assert tokens.source("own", tmp_path / "missing.json") is None


def test_a_repeated_system_prompt_is_counted_in_each_example(tmp_path: Path) -> None:
    one = look(write(tmp_path / "one.jsonl", chats(1)))
    many = look(write(tmp_path / "many.jsonl", chats(1) * 3))
    assert many.tokens.total == 3 * one.tokens.total
