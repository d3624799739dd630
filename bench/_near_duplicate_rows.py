"""The labelled set of `bench/near_duplicates.py`: what comes twice, and what only looks alike."""

import ast
import json
import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tunesmith.bot.ddl import parse_file
from tunesmith.bot.text2sql import build_training_set

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "ko", "zh")

CLOSING = {
    "en": "Write to us if anything else is unclear.",
    "ko": "더 궁금한 점이 있으면 언제든지 알려 주세요.",
    "zh": "如果还有不清楚的地方，请随时告诉我们。",
    "code": "\n# Nothing else is changed by this.",
    "sql": " -- The newest rows come last.",
}
ASKING = {
    "en": "Please answer in one or two sentences.",
    "ko": "한두 문장으로 답해 주세요.",
    "zh": "请用一两句话回答。",
    "code": "Use the standard library only.",
    "sql": "Write one statement for MySQL 8.",
}
OTHER_WORDS = {
    "en": {
        "file": "document",
        "line": "row",
        "example": "sample",
        "examples": "samples",
        "remove": "delete",
        "write": "put",
        "every": "each",
        "use": "take",
        "must": "has to",
        "machine": "device",
        "message": "note",
        "messages": "notes",
        "often": "frequently",
    },
    "ko": {
        "파일": "문서",
        "예제": "샘플",
        "메시지": "문장",
        "삭제": "제거",
        "모델": "모형",
        "확인": "점검",
        "사용": "이용",
        "커피": "음료",
        "기기": "기계",
    },
    "zh": {
        "文件": "文档",
        "示例": "样本",
        "消息": "信息",
        "删除": "移除",
        "使用": "采用",
        "检查": "查看",
        "机器": "设备",
        "必须": "需要",
        "模型": "模子",
    },
    "code": {"value": "item", "text": "string", "path": "place", "found": "seen", "name": "title"},
    "sql": {"SELECT": "SELECT ALL", "AS total": "AS whole", "t1": "a", "查询": "列出"},
}
# One row for each value: nearly the same words, and each teaches something of its own.
TEMPLATES = {
    "en": [
        (
            "How many orders were placed in {0} last month?",
            "SELECT COUNT(*) FROM orders WHERE city = '{0}' AND placed_at >= '2026-10-01';",
        ),
        (
            "What does error {1} on the display mean?",
            "Error {1} stands for a fault of the {0} sensor; switch the machine off and call us.",
        ),
        (
            "Is the shop in {0} open on Sundays?",
            "The shop in {0} is open on Sundays from {2} to 18 o'clock.",
        ),
    ],
    "ko": [
        (
            "지난달 {0} 지점의 주문은 몇 건인가요?",
            "SELECT COUNT(*) FROM orders WHERE city = '{0}' AND placed_at >= '2026-10-01';",
        ),
        (
            "화면에 나오는 오류 {1}은 무슨 뜻인가요?",
            "오류 {1}은 {0} 센서의 고장을 뜻합니다. 전원을 끄고 저희에게 연락해 주세요.",
        ),
        ("{0} 매장은 일요일에도 여나요?", "{0} 매장은 일요일 {2}시부터 18시까지 엽니다."),
    ],
    "zh": [
        (
            "上个月{0}门店有多少订单？",
            "SELECT COUNT(*) FROM orders WHERE city = '{0}' AND placed_at >= '2026-10-01';",
        ),
        ("屏幕上的错误{1}是什么意思？", "错误{1}表示{0}传感器有故障，请关闭机器并联系我们。"),
        ("{0}的门店星期天营业吗？", "{0}的门店星期天{2}点到18点营业。"),
    ],
}
VALUES = {
    "en": ["Berlin", "Munich", "Hamburg", "Cologne", "Dresden", "Leipzig", "Bremen", "Potsdam"],
    "ko": ["서울", "부산", "대구", "인천", "광주", "대전", "울산", "수원"],
    "zh": ["北京", "上海", "广州", "深圳", "成都", "杭州", "武汉", "西安"],
}
# What one word turns round.
OPPOSITES = {
    "en": [
        (
            ("How do I turn the steam on?", "Turn the left knob to the right until it clicks."),
            ("How do I turn the steam off?", "Turn the left knob to the left until it stops."),
        ),
        (
            ("May I clean the tank before the first use?", "Yes, rinse it twice with cold water."),
            ("May I clean the tank after the first use?", "No, wait until the seal has set."),
        ),
        (
            ("Which beans are good for espresso?", "Dark ones, roasted two weeks ago."),
            ("Which beans are bad for espresso?", "Light ones, and any that are oily."),
        ),
        (
            ("Does the warranty cover the boiler?", "Yes, for five years."),
            ("Does the warranty cover the hose?", "No, it is a part that wears."),
        ),
    ],
    "ko": [
        (
            ("스팀은 어떻게 켜나요?", "왼쪽 손잡이를 소리가 날 때까지 오른쪽으로 돌리세요."),
            ("스팀은 어떻게 끄나요?", "왼쪽 손잡이를 멈출 때까지 왼쪽으로 돌리세요."),
        ),
        (
            ("처음 쓰기 전에 물통을 씻어도 되나요?", "네, 찬물로 두 번 헹궈 주세요."),
            ("처음 쓴 후에 물통을 씻어도 되나요?", "아니요, 패킹이 자리를 잡을 때까지 기다리세요."),
        ),
    ],
    "zh": [
        (
            ("怎样打开蒸汽？", "把左边的旋钮向右转，直到听见咔嗒声。"),
            ("怎样关闭蒸汽？", "把左边的旋钮向左转，直到转不动为止。"),
        ),
        (
            ("第一次使用之前可以清洗水箱吗？", "可以，用冷水冲洗两遍。"),
            ("第一次使用之后可以清洗水箱吗？", "不可以，请等密封圈定型。"),
        ),
    ],
}


class Row(NamedTuple):
    """A line of the file. Rows of one family are the same but for an `edit`; "" is the original."""

    family: int
    language: str
    edit: str
    question: str
    answer: str


# ---- what there is


def originals(few: bool) -> dict[str, list[tuple[str, str]]]:
    """Questions and answers by language."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for language in LANGUAGES:
        said = _finding_texts(language)
        codes = [code for code in said["message"] if code in said["hint"]]
        found[language] = [(_plain(said["message"][c]), _plain(said["hint"][c])) for c in codes]
    for line in (ROOT / "docs/examples/barista.jsonl").read_text("utf-8").splitlines()[::3]:
        *_, asked, answer = json.loads(line)["messages"]
        found[_language(asked["content"])].append((asked["content"], answer["content"]))
    found["code"] = [*_functions()]
    schema = parse_file(ROOT / "docs/examples/market.sql")
    pairs = build_training_set(schema, languages=["en", "zh"], max_pairs=200).train
    found["sql"] = [(pair.question, pair.answer) for pair in pairs]
    chance = random.Random(1)
    most = 40 if few else 150
    return {k: chance.sample(sorted(set(v)), min(most, len(set(v)))) for k, v in found.items()}


def _finding_texts(language: str) -> dict[str, dict[str, Any]]:
    path = ROOT / f"tunesmith/bot/messages/{language}/finding.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _plain(text: str | dict[str, str]) -> str:
    """A sentence, in the plural, with numbers where it names values."""
    text = text if isinstance(text, str) else text["other"]
    return re.sub(r"\{[^}]*\}", lambda found: str(len(found[0]) * 1250), text)


def _language(text: str) -> str:
    return "ko" if re.search("[가-힣]", text) else "zh" if re.search("[一-鿿]", text) else "en"


def _functions() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "tunesmith/bot/datasets").glob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef) and (said := ast.get_docstring(node)):
                code = ast.get_source_segment(source, node) or ""
                if 150 < len(code) < 1500:
                    yield f"Write a function. {said.splitlines()[0]}", code


# ---- ways in which an example comes twice


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?。！？；;])\s*|\n", text) if part.strip()]


def other_case(question: str, answer: str, _: str) -> tuple[str, str]:
    """All in small letters."""
    return question.lower(), answer.lower()


def other_marks(question: str, answer: str, _: str) -> tuple[str, str]:
    """Other punctuation and white space."""
    marks = str.maketrans({"?": "", "？": "", ",": " ,", "，": ",", "。": ".", ";": " ;"})
    return question.translate(marks), "  ".join(answer.translate(marks).split(" ")) + "\n"


def asked_more(question: str, answer: str, language: str) -> tuple[str, str]:
    """One sentence more in the question."""
    return f"{question} {ASKING[language]}", answer


def said_more(question: str, answer: str, language: str) -> tuple[str, str]:
    """One sentence more in the answer, and another mark in the question."""
    return f"{question} ", f"{answer} {CLOSING[language]}"


def said_less(question: str, answer: str, _: str) -> tuple[str, str]:
    """The last sentence or line is missing, where that is the smaller part."""
    *most, last = _sentences(answer) or [""]
    joined = ("\n" if "\n" in answer else " ").join(most)
    return (f"{question} ", joined) if len(last) < 0.45 * len(answer) else (question, answer)


def swapped_clause(question: str, answer: str, language: str) -> tuple[str, str]:
    """Two clauses or parameters change places, in the question where it has any."""
    if language == "code":
        return question, re.sub(r"\((\w+: [^,()]+), (\w+: [^,()]+)", r"(\2, \1", answer)
    asked = _swapped(question)
    return (asked, answer) if asked != question else (question, _swapped(answer))


def _swapped(text: str) -> str:
    parts = re.split(r"([,:;，：；、。.] *)", text)
    if len(parts) < 4 or not parts[2]:
        return text
    parts[0], parts[2] = parts[2], parts[0]
    return "".join(parts)


def other_words(question: str, answer: str, language: str) -> tuple[str, str]:
    """A word of the question and one of the answer are exchanged for others of that meaning."""
    return _other_word(question, language), _other_word(answer, language)


def _other_word(text: str, language: str) -> str:
    for word, other in OTHER_WORDS[language].items():
        changed = re.sub(rf"\b{word}\b" if word.isascii() else word, other, text, count=1)
        if changed != text:
            return changed
    return text


def other_numbers(question: str, answer: str, _: str) -> tuple[str, str]:
    """Thousands are set apart."""

    def apart(text: str) -> str:
        return re.sub(r"\b\d{4,}\b", lambda found: f"{int(found[0]):,}", text)

    return apart(question), apart(answer)


EDITS: dict[str, Callable[[str, str, str], tuple[str, str]]] = {
    "case": other_case,
    "punctuation": other_marks,
    "asked more": asked_more,
    "said more": said_more,
    "said less": said_less,
    "swapped clause": swapped_clause,
    "other words": other_words,
    "numbers": other_numbers,
}


def labelled(few: bool) -> list[Row]:
    """The whole set: originals first, then the rest in a fixed disorder."""
    rows: list[Row] = []
    for language, pairs in originals(few).items():
        for question, answer in pairs:
            family = len(rows)
            rows.append(Row(family, language, "", question, answer))
            edits = list(EDITS.items())
            for name, edit in edits[family % 2 :: 2]:  # half of them each
                other = edit(question, answer, language)
                if other != (question, answer):
                    rows.append(Row(family, language, name, *other))
    alone = list(_negatives())
    rows += [Row(len(rows) + number, *row) for number, row in enumerate(alone)]
    first, later = ([r for r in rows if (r.edit in EDITS) is edited] for edited in (False, True))
    random.Random(2).shuffle(later)
    return first + later


def _negatives() -> Iterator[tuple[str, str, str, str]]:
    for language, templates in TEMPLATES.items():
        for asked, said in templates:
            for number, value in enumerate(VALUES[language]):
                values = (value, f"E{number + 3}", number + 8)
                yield language, "template", asked.format(*values), said.format(*values)
    for language, both in OPPOSITES.items():
        for pair in both:
            for question, answer in pair:
                yield language, "opposite", question, answer
            yield language, "contradiction", pair[0][0], f"{pair[1][1]} {CLOSING[language]}"
