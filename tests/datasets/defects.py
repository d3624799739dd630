"""For every code that takes a whole file to be shown: one with the defect, and one without it."""

import base64
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from PIL import Image

from tests.datasets.files import (
    Line,
    answer,
    chat,
    chats,
    message,
    pair,
    pairs,
    preferences,
    question,
    to_bytes,
)


class Ask(TypedDict, total=False):
    """What is asked of a file."""

    model: str
    method: str


@dataclass(frozen=True, slots=True)
class Defect:
    """Two files, alike but for one defect; `line` is where it is, `ask` what is asked of both."""

    bad: bytes
    good: bytes
    line: int | None
    name: str = "train.jsonl"
    good_name: str = "train.jsonl"
    ask: Ask = field(default_factory=Ask)
    validation: tuple[bytes, bytes] | None = None


def _chat(bad: Line, good: Line, **ask: Unpack[Ask]) -> Defect:
    """A line among good chat examples."""
    rest = chats()
    return Defect(to_bytes([*rest, bad]), to_bytes([*rest, good]), 13, ask=Ask(**ask))


def _file(
    bad: Iterable[Line], good: Iterable[Line], line: int | None = None, **ask: Unpack[Ask]
) -> Defect:
    return Defect(to_bytes(bad), to_bytes(good), line, ask=Ask(**ask))


def image(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (8, 8)) -> str:
    """A picture as a data URL."""
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def seeing(*urls: str, role: str = "user") -> dict[str, Any]:
    """A conversation with pictures."""
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return chat(
        0,
        message("user", "What is this?"),
        message(role, parts),
        message("assistant", "A black square."),
    )


def asking(asked: str, answered: str) -> dict[str, Any]:
    """A question and its answer."""
    return chat(1, message("user", asked), message("assistant", answered))


def saying(text: str) -> dict[str, Any]:
    """A conversation whose answer says something."""
    return asking(question(1), text)


_LONG = " ".join(question(number) + " " + answer(number) for number in range(900, 915))
_BIG_PNG = image() + base64.b64encode(bytes(11_000_000)).decode()

DEFECTS: dict[str, Defect] = {
    # The bytes of a line
    "not_utf8": Defect(to_bytes(chats()).decode().encode("utf-16"), to_bytes(chats()), None),
    "crlf": Defect(to_bytes(chats()).replace(b"\n", b"\r\n"), to_bytes(chats()), None),
    "line_too_long": _chat(
        b'{"messages": [{"role": "user", "content": "' + b"a" * (66 << 20) + b'"}]}', chat(1)
    ),
    "not_json_lines": Defect(
        json.dumps(chats()).encode(), to_bytes(chats()), None, "train.json", "train.jsonl"
    ),
    "foreign_format": Defect(
        to_bytes(
            {
                "conversations": [
                    {"from": "human", "value": question(n)},
                    {"from": "gpt", "value": answer(n)},
                ]
            }
            for n in range(12)
        ),
        to_bytes(chats(12, 0)),
        1,
    ),
    "row_not_converted": _file(
        [
            {"question": "a", "answer": {"text": ["b"]}},
            *({"question": question(n), "answer": answer(n)} for n in range(12)),
        ],
        [{"question": question(n), "answer": answer(n)} for n in range(13)],
        1,
    ),
    "file_name": Defect(to_bytes(chats()), to_bytes(chats()), None, "train.txt"),
    # Images
    "image_too_large": _chat(seeing(_BIG_PNG), seeing(image())),
    "model_without_vision": _file(
        [*chats(), seeing(image())], [*chats(), chat(1)], model="gpt-4.1-2025-04-14"
    ),
    # Pairs
    "no_common_separator": _file(
        [pair(question(n), f" {answer(n)} END") for n in range(12)], pairs()
    ),
    "no_common_stop_sequence": _file(
        [pair(f"{question(n)} ->", f" {answer(n)}") for n in range(12)], pairs()
    ),
    "common_prompt_prefix": _file(
        [pair(f"Answer as a poet would: {question(n)} ->", f" {answer(n)} END") for n in range(12)],
        [pair(f"{'ABC'[n % 3]}: {question(n)} ->", f" {answer(n)} END") for n in range(12)],
    ),
    "common_completion_prefix": _file(
        [pair(f"{question(n)} ->", f" Answer: {answer(n)} END") for n in range(12)],
        [pair(f"{question(n)} ->", f" {'ABC'[n % 3]}: {answer(n)} END") for n in range(12)],
    ),
    "format_not_trained": _file(pairs(), chats()),
}

# Among many lines, and with a validation file
CLASSES = [pair(f"{question(n)} ->", f" {'yes' if n % 2 else 'no'}\n") for n in range(300)]
DEFECTS.update(
    {
        "mixed_formats": _file([*chats(), *pairs()], chats()),
        "unknown_format": _file([{"body": "a"}] * 12, chats()),
        "method_mismatch": _file(chats(), preferences(), method="dpo"),
        "too_few_examples": _file(chats(9), chats(10)),
        "few_examples": _file(chats(10), chats(50)),
        "missing_system_message": _file(
            [*chats(), chat(1, message("user", question(1)), message("assistant", answer(1)))],
            chats(),
        ),
        "varying_system_messages": _file(
            [
                *chats(),
                chat(
                    1,
                    message("system", "You rhyme."),
                    message("user", question(1)),
                    message("assistant", answer(1)),
                ),
            ],
            chats(),
        ),
        "all_answers_same": _file(
            [asking(question(n), "Yes.") for n in range(12)],
            [asking(question(n), answer(n)) for n in range(12)],
        ),
        "all_questions_same": _file(
            [asking("Why?" if n % 2 else "WHY ?", answer(n)) for n in range(12)],
            [asking(question(n), answer(n)) for n in range(12)],
        ),
        "mostly_upper_case": _file(
            [pair(f"{question(n)} ->", f" {answer(n).upper()}\n") for n in range(12)],
            [pair(f"{question(n)} ->", f" {answer(n)}\n") for n in range(12)],
        ),
        "examples_truncated": _file([*chats(), saying(_LONG * 400)], [*chats(), saying(_LONG)]),
        "class_imbalance": _file([*CLASSES[:200:2], *CLASSES[1:10:2]], CLASSES),
        "few_examples_per_class": _file(CLASSES[:100], CLASSES),
        "label_of_several_tokens": _file(
            [
                pair(f"{question(n)} ->", f" {('unquestionably so', 'no')[n % 2]}\n")
                for n in range(300)
            ],
            CLASSES,
        ),
        # What examples have to do with each other
        "exact_duplicate": _file([*chats(), chats(1)[0]], [*chats(), chat(1)], 13),
        "near_duplicate": _file(
            [*chats(), saying(_LONG), asking(question(2), _LONG + " Yes.")],
            [*chats(), saying(_LONG), asking(question(2), answer(2) * 5)],
            14,
        ),
        "conflicting_answers": _file(
            [*chats(), saying("Yes."), saying("No.")], [*chats(), saying("Yes.")], 14
        ),
        "validation_overlap": Defect(
            to_bytes(chats()),
            to_bytes(chats()),
            3,
            validation=(to_bytes([chats()[2], *chats(9, 300)]), to_bytes(chats(10, 300))),
        ),
        "validation_near_overlap": Defect(
            to_bytes([*chats(), saying(_LONG)]),
            to_bytes([*chats(), saying(_LONG)]),
            13,
            validation=(
                to_bytes(
                    [
                        *chats(9, 300),
                        chat(2, message("user", question(2)), message("assistant", _LONG)),
                    ]
                ),
                to_bytes(chats(10, 300)),
            ),
        ),
        "validation_invalid": Defect(
            to_bytes(chats()),
            to_bytes(chats()),
            None,
            validation=(to_bytes([{"messages": []}, *chats(9, 300)]), to_bytes(chats(10, 300))),
        ),
        "validation_format": Defect(
            to_bytes(chats()),
            to_bytes(chats()),
            None,
            validation=(to_bytes(preferences(10, 300)), to_bytes(chats(10, 300))),
        ),
    }
)
# These need another catalogue or a file of a million lines; test_defects has them one by one.
ELSEWHERE = {
    "file_too_large",
    "model_without_method",
    "near_duplicates_not_all_compared",
    "tokens_need_extra",
    "tokens_not_counted",
    "training_closed",
    "training_closes",
    "role_not_taken",
    "too_many_errors",
    "too_many_examples",
    "tools_not_taken",
    "too_many_image_examples",
    "unknown_model",
    "validation_too_large",
}
