"""The metrics of texts: recorded figures are those of sacrebleu 2.6.0."""

import pytest

from tunesmith.bot.answers.metrics.chrf import chrf
from tunesmith.bot.answers.metrics.exact_match import exact_match
from tunesmith.bot.answers.metrics.token_f1 import token_f1


def test_white_space_and_unicode_spelling_do_not_count_for_an_exact_match():
    assert exact_match("caf\u00e9  au\nlait", " cafe\u0301 au lait ")
    assert not exact_match("SELECT 1", "select 1")
    assert not exact_match("yes", "yes.")


def test_words_in_common_count_whatever_their_order_and_a_chinese_character_is_a_word():
    assert token_f1("the order is late", "Late is the order!") == 1
    assert token_f1("订单编号", "订单号") == pytest.approx(6 / 7)
    assert token_f1("yes", "no") == 0
    assert token_f1("", "") == 1


@pytest.mark.parametrize(
    ("gold", "answer", "figure"),
    [
        (
            "SELECT name FROM users WHERE id = 1;",
            "SELECT full_name FROM user WHERE id = 1",
            71.0442690055695,
        ),
        ("주문 상태는 완료입니다.", "주문 상태가 완료되었습니다.", 30.078001139415644),
        ("订单编号是 order_sn。", "订单号为 order_sn。", 61.43889878623043),
        ("ab", "abc", 87.49999999999999),
        ("yes", "no", 0),
        ("", "x", 0),
    ],
)
def test_chrf_is_that_of_sacrebleu(gold: str, answer: str, figure: float):
    assert chrf(gold, answer) == pytest.approx(figure, abs=1e-9)
