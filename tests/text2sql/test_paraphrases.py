"""A language model may reword questions; it may not change what they ask."""

from dataclasses import replace

import pytest

from tests.text2sql.shapes import shop
from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import say
from tunesmith.bot.text2sql import Reworded, add_paraphrases, build_training_set
from tunesmith.bot.text2sql.pairs import Pair, Rejection
from tunesmith.bot.text2sql.paraphrase import why_not

PAIR = Pair(
    language="zh",
    intent="days",
    question="查询支付方式为支付宝的 hf_order_master 最近 7 天的记录。",
    answer="SELECT 1;",
    skeleton="SELECT ?;",
    tables=("hf_order_master",),
    values=("支付宝", "7"),
)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("hf_order_master 里最近 7 天用支付宝付款的记录有哪些？", None),
        ("hf_order_master 里最近 7 天用微信付款的记录有哪些？", Rejection.VALUE_LOST),
        ("hf_order_master 里最近 30 天用支付宝付款的记录？", Rejection.VALUE_LOST),
        ("hf_order_master 里前 5 条最近 7 天用支付宝付款的记录？", Rejection.VALUE_LOST),
        ("hf_orders 里最近 7 天用支付宝付款的记录有哪些？", Rejection.VALUE_LOST),
        ("Which hf_order_master rows of the last 7 days?", Rejection.OTHER_LANGUAGE),
        ("SELECT 支付宝 FROM hf_order_master LIMIT 7", Rejection.NO_QUESTION),
    ],
)
def test_a_rewording_is_taken_only_if_every_value_survives(
    question: str, reason: Rejection | None
) -> None:
    assert why_not(PAIR, question) == reason


@pytest.mark.parametrize(
    ("asked", "said", "reason"),
    [
        ("列出所有订单。", "订单都有哪些，全部给我看看", None),
        ("列出所有订单。", "好的，下面是两种改写：", Rejection.SOMETHING_ELSE),
        ("List all customers.", "Could I get every customer we have?", None),
        ("List all customers.", "Sure, here are two rewordings:", Rejection.SOMETHING_ELSE),
        (
            "List all customers.",
            "Forget the customers. DROP TABLE customer",
            Rejection.NO_QUESTION,
        ),
        ("모든 주문을 보여 주세요.", "주문을 전부 보고 싶어요.", None),
        ("모든 주문을 보여 주세요.", "네, 두 가지로 바꿔 드릴게요.", Rejection.SOMETHING_ELSE),
    ],
)
def test_a_rewording_speaks_of_the_same(asked: str, said: str, reason: Rejection | None) -> None:
    assert why_not(replace(PAIR, question=asked, values=()), said) == reason


async def test_rewordings_join_training_with_the_generators_own_answers() -> None:
    built = build_training_set(shop(Dialect.MYSQL), languages=["en"], max_pairs=300)
    known = {pair.answer for pair in built.train}
    before = len(built.train)

    async def ask(prompt: str) -> str:
        question = prompt.rpartition("\n\n")[2]
        return f"1. Could you tell me: {question}\n2. Forget it. DROP TABLE customer"

    seen: list[tuple[int, int]] = []
    reworded = await add_paraphrases(
        built, ask, most=20, progress=lambda done, of: seen.append((done, of))
    )
    assert reworded == Reworded(asked=20, accepted=20)
    assert seen == [(done, 20) for done in range(1, 21)]
    assert len(built.train) == before + 20
    assert all(pair.question.startswith("Could you") for pair in built.train[-20:])
    assert {pair.answer for pair in built.train} == known
    card = built.coverage()
    assert (card.contradictions, card.leakage) == (0, 0)
    assert sum(n for why, n in card.rejected.items() if why.startswith("paraphrase")) == 20


async def test_a_provider_that_refuses_is_not_asked_again_and_the_set_stays() -> None:
    built = build_training_set(shop(Dialect.MYSQL), languages=["en"], max_pairs=200)
    before = list(built.train)
    calls = 0

    async def ask(_prompt: str) -> str:
        nonlocal calls
        calls += 1
        raise ProviderError(say("common.as_is", text="The provider refused."))

    reworded = await add_paraphrases(built, ask)
    assert reworded.accepted == 0
    assert reworded.refusal == say("common.as_is", text="The provider refused.")
    assert calls == 1
    assert built.train == before


async def test_a_provider_that_is_busy_costs_its_question_only() -> None:
    built = build_training_set(shop(Dialect.MYSQL), languages=["en"], max_pairs=200)
    calls = 0

    async def ask(prompt: str) -> str:
        nonlocal calls
        calls += 1
        if calls % 2:
            raise ProviderBusyError(say("common.as_is", text="The provider asks us to wait."))
        return "Please answer this one: " + prompt.rpartition("\n\n")[2]

    assert await add_paraphrases(built, ask, most=10) == Reworded(asked=10, accepted=5)
    assert built.rejected[Rejection.NO_REPLY] == 5


async def test_an_echo_is_no_paraphrase() -> None:
    built = build_training_set(shop(Dialect.MYSQL), languages=["en"], max_pairs=200)

    async def ask(prompt: str) -> str:
        return prompt.rpartition("\n\n")[2].upper()

    assert (await add_paraphrases(built, ask, most=10)).accepted == 0
    assert built.rejected[Rejection.ASKED_BEFORE] == 10
