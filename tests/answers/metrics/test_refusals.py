"""Refusals, in the three languages of data sets, and as a data set has its own."""

import pytest

from tunesmith.bot.answers.metrics.refusals import Refusals, is_refusal, refusals_of


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot answer this from the given schema.",
        "oms_order has no column title; the closest one is order_sn.",
        "The column total_price does not exist in orders.",
        "죄송하지만 그 질문에는 답변할 수 없습니다.",
        "주문에는 제목 컬럼이 없습니다. 가장 비슷한 컬럼은 order_sn입니다.",
        "抱歉，我无法回答这个问题。",
        "oms_order 没有 title 这个字段，最接近的是 order_sn。",
    ],
)
def test_a_refusal_is_recognised(answer: str):
    assert is_refusal(answer, Refusals())


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "The DDL gives orders no primary key.",
        "DDL에 orders의 기본 키가 없습니다.",
        "DDL 中 orders 没有主键。",
        "orders.note: why the customer cannot be reached. Type: text.",
        "Your parcel is on its way and arrives tomorrow.",
    ],
)
def test_a_fact_is_no_refusal(answer: str):
    assert not is_refusal(answer, Refusals())


def test_an_answer_like_the_data_sets_own_refusals_is_one():
    own = refusals_of(
        [
            "Sorry, our opening hours are all that this line is told about.",
            "We open at nine.",
        ]
    )
    assert own.own == ("Sorry, our opening hours are all that this line is told about.",)
    assert is_refusal("Our opening hours are all that this line is told about.", own)
    assert not is_refusal("We open at nine.", own)
