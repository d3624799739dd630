"""Refusals: answers that say that the question cannot be answered.

How a data set itself refuses comes first: its own refusals are read from its answers, and an answer
that shares most words with one of them is a refusal. Beside these stand the phrases with which
people and models refuse in English, Korean and Chinese.
"""

import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.answers.metrics.token_f1 import token_f1

# Characters: a refusal says so at its beginning, and is short.
_BEGINNING, _LONGEST = 200, 1_000
# Own refusals kept, and the share of words in common that makes an answer like one of them.
_MOST_KEPT, _NEAR = 100, 0.7
_PHRASES = re.compile(
    r"""
    \b(?:sorry|apologi[sz]e)\b
  | \b(?:can(?:no|['’]?)t|(?:am|are|is|was)\ (?:not\ able|unable)\ to|won['’]t\ be\ able\ to)\b
    .{0,20}\b(?:answer|help|assist|provide|do|give|tell|determine|comply|find|be\ (?:answered|
    determined)|process|fulfil|generate|write)
  | \b(?:i|we)\ (?:do\ not|don['’]t)\ (?:know|have\ (?:any|the|enough|access|information))
  | \bnot\ enough\ (?:information|context)\b | \b(?:insufficient|no)\ information\b
  | \b(?:has|have|is|are|contains?)\ no\ (?:such\ )?(?:column|field|table|attribute)s?\b
  | \bno\ such\ (?:column|field|table)\b
  | \b(?:column|field|table|attribute)s?\b.{0,80}
    \b(?:(?:does|do)(?:\ not|n['’]t)\ exist|(?:is|are)\ not\ (?:available|present|in\ the\ schema))
  | 죄송 | 유감 | 알\ ?수\ ?없 | 모르겠 | 모릅니다
  | (?:답변|대답|도움|제공|처리|실행|확인|조회|지원|안내|작성|생성).{0,6}
    (?:수\ ?없|못\ ?합니다|못\ ?해|불가|않습니다|어렵)
  | (?:컬럼|열|필드|테이블|속성|정보)(?:은|는|이|가)?\ ?(?:없습니다|없어요|없음|존재하지\ ?않)
  | 抱歉 | 对不起 | 對不起 | (?:我)?不(?:知道|清楚)
  | (?:无法|無法|不能|没法)(?:回答|提供|帮|幫|确定|確定|查询|查詢|处理|處理|生成|给出|满足|执行)
  | (?:没有|沒有|不存在|缺少)[^，。,.]{0,40}?(?:列|字段|欄位|表|信息|資訊)(?:[，。,.;；]|$)
  | (?:列|字段|欄位|表)[^，。,.]{0,40}不存在
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Refusals(BaseModel):
    """How a data set refuses: its own refusals, at most a hundred of them."""

    model_config = ConfigDict(frozen=True)

    own: tuple[str, ...] = ()


def refusals_of(answers: Iterable[str]) -> Refusals:
    """How a data set refuses, read from its gold answers."""
    found = sorted({answer for answer in answers if _says_so(answer)})
    step = max(1, -(-len(found) // _MOST_KEPT))
    return Refusals(own=tuple(found[::step]))


def is_refusal(answer: str, refusals: Refusals) -> bool:
    """Whether an answer that holds no query, label or call refuses to give one."""
    if not answer.strip() or len(answer) > _LONGEST:
        return False
    return _says_so(answer) or any(token_f1(own, answer) >= _NEAR for own in refusals.own)


def _says_so(answer: str) -> bool:
    return len(answer) <= _LONGEST and bool(_PHRASES.search(answer[:_BEGINNING]))
