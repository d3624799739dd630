"""Questions read as people write them."""

import pytest

from tests.text2sql.shapes import market, schema_of, table
from tunesmith.bot.ddl.model import Column, Schema, Table
from tunesmith.bot.text2sql import data, english
from tunesmith.bot.text2sql.annotated_schema import AnnotatedSchema
from tunesmith.bot.text2sql.korean import with_particle
from tunesmith.bot.text2sql.labels import LANGUAGES, Labels
from tunesmith.bot.text2sql.rendering import ColumnSlot, Slot, TableSlot, ValueSlot, render


@pytest.mark.parametrize(
    ("word", "particle", "said"),
    [
        ("주문", "을", "주문을"),
        ("회원 번호", "을", "회원 번호를"),
        ("금액", "이", "금액이"),
        ("상태", "이", "상태가"),
        ("이름", "은", "이름은"),
        ("도시", "은", "도시는"),
        ("합계", "과", "합계와"),
        ("서울", "으로", "서울로"),  # ㄹ counts as a vowel before 으로
        ("유형", "으로", "유형으로"),
        ("날짜", "으로", "날짜로"),
        ("상품 ID", "이", "상품 ID가"),  # 아이디
        ("URL", "을", "URL을"),  # 유알엘
        ("7", "이", "7이"),  # 칠
        ("5", "이", "5가"),  # 오
        ("조직 테이블(sc_org)", "은", "조직 테이블(sc_org)은"),
        ('"커피"', "이", '"커피"가'),
        ("완료", "이고", "완료고"),
        ("대기 중", "이고", "대기 중이고"),
    ],
)
def test_a_korean_particle_follows_the_last_sound(word: str, particle: str, said: str) -> None:
    assert with_particle(word, particle) == said


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("order", "orders"),
        ("order item", "order items"),
        ("category", "categories"),
        ("day", "days"),
        ("address", "addresses"),
        ("box", "boxes"),
        ("branch", "branches"),
        ("person", "people"),
        ("status", "statuses"),
    ],
)
def test_english_plurals_and_singulars(one: str, many: str) -> None:
    assert english.plural(one) == many
    assert english.singular(many) == one
    assert english.singular(one) == one


@pytest.mark.parametrize(
    ("noun", "said"), [("order", "an order"), ("user", "a user"), ("shop", "a shop")]
)
def test_english_articles(noun: str, said: str) -> None:
    assert english.with_article(noun) == said


def _labels(schema: Schema, language: str) -> Labels:
    return Labels(schema, language, AnnotatedSchema(schema).codes)


def test_labels_come_from_comments_in_their_language_and_from_names_in_others() -> None:
    assert _labels(market(), "zh").table("hf_order_master").text == "订单"
    assert _labels(market(), "zh").table("hf_order_master").title == "订单主表"
    assert _labels(market(), "zh").column("sc_org", "org_type").text == "类别"
    assert _labels(market(), "zh").column("sc_org", "floor_area").text == "建筑面积"
    assert _labels(market(), "en").column("sc_org", "floor_area").text == "floor area"
    assert _labels(market(), "ko").column("hf_goods", "cost_price").text == "원가"


def test_what_would_be_called_the_same_is_called_by_its_name() -> None:
    twins = [
        Table(name=name, comment="专题评论表", columns=[Column(name="id", type="int")])
        for name in ("cms_subject_comment", "cms_topic_comment")
    ]
    labels = _labels(schema_of(*twins), "zh")
    assert [labels.table(one.name).text for one in twins] == [None, None]
    slots = {"t": TableSlot("cms_topic_comment")}
    assert (
        render("查询{t.table}的全部数据。", slots, labels)
        == "查询 cms_topic_comment 表的全部数据。"
    )


def test_a_comment_about_the_key_is_no_label() -> None:
    keyed = table("orders", "order_id int")
    keyed.columns[0].comment = "Auto-incrementing primary key"
    assert _labels(schema_of(keyed), "en").column("orders", "order_id").text == "order ID"


ASKED: dict[str, tuple[str, str]] = {
    "en": (
        "List the {t.rows} whose {by} is {v}.",
        "List the shops whose shop type is 1 (农贸市场).",
    ),
    "zh": ("查询{by}为{v}的{t.rows}。", "查询店铺类型为农贸市场的店铺。"),
    "ko": (
        "{by:이} {v}인 {t.rows:을} 보여 주세요.",
        "상점 유형이 1 (农贸市场)인 상점을 보여 주세요.",
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_called_by_its_meaning_where_that_is_in_the_questions_language(
    language: str,
) -> None:
    slots: dict[str, Slot] = {
        "t": TableSlot("sc_shop"),
        "by": ColumnSlot("sc_shop", ("shop_type",)),
        "v": ValueSlot("1", "农贸市场"),
    }
    phrasing, question = ASKED[language]
    assert render(phrasing, slots, _labels(market(), language)) == question


def test_a_chinese_yes_or_no_does_not_run_into_its_neighbours() -> None:
    slots: dict[str, Slot] = {
        "t": TableSlot("hf_order_detail"),
        "by": ColumnSlot("hf_order_detail", ("is_gift",)),
        "v": ValueSlot("1", "是"),
    }
    question = render("查询{by}为{v}的{t.rows}。", slots, _labels(market(), "zh"))
    assert question == "查询“是否赠品”一项为“是”的订单明细。"


def test_every_language_has_the_same_phrasings_three_or_more_of_each() -> None:
    catalogues = [data.read(f"phrasings/{language}") for language in LANGUAGES]
    assert all(catalogue.keys() == catalogues[0].keys() for catalogue in catalogues)
    for catalogue in catalogues:
        assert catalogue["facts"].keys() == catalogues[0]["facts"].keys()
        for kind, phrasings in catalogue.items():
            assert kind == "facts" or len(set(phrasings)) == len(phrasings) >= 3
