"""Code lists in comments."""

import pytest

from tunesmith.bot.ddl import code_list

LISTS = {
    "1-pending 2-paid": "1=pending 2=paid",
    "类别：1租户2大区3场所4楼层5区域": "1=租户 2=大区 3=场所 4=楼层 5=区域",
    "0:禁用 1:启用": "0=禁用 1=启用",
    "Y=예, N=아니오": "Y=예 N=아니오",
    "用户性别（0男 1女 2未知）": "0=男 1=女 2=未知",
    "菜单类型（M目录 C菜单 F按钮）": "M=目录 C=菜单 F=按钮",
    "订单状态：0->待付款；1->待发货;2->已发货": "0=待付款 1=待发货 2=已发货",
    "사용여부(Y:사용,N:미사용)": "Y=사용 N=미사용",
    "상태코드(10: 접수, 20: 처리중, 99: 취소)": "10=접수 20=처리중 99=취소",
    "01:서울, 02:부산": "01=서울 02=부산",
    "1) 일반 2) 특별": "1=일반 2=특별",
    "状态；0、停用 1、启用": "0=停用 1=启用",
    "1:微信/2:支付宝": "1=微信 2=支付宝",
    "-1:已删除 0:正常": "-1=已删除 0=正常",
    "new=新建 paid=已付款": "new=新建 paid=已付款",
    "'M' = male, 'F' = female": "M=male F=female",
    "A - Active / I - Inactive": "A=Active I=Inactive",
    "0 no 1 yes": "0=no 1=yes",
    "10-대기, 20-완료": "10=대기 20=완료",
    "1：男；2：女；（默认1）": "1=男 2=女",
    "Flag. 0 = Hourly, not exempt. 1 = Salaried, exempt.": "0=Hourly 1=Salaried",
}


@pytest.mark.parametrize("comment", LISTS)
def test_lists_are_read_however_they_are_written(comment: str) -> None:
    assert " ".join(f"{value}={label}" for value, label in code_list(comment)) == LISTS[comment]


def test_parentheses_in_a_label_are_kept_whole() -> None:
    comment = "Kind: IN = Individual (retail, private) customer, SC = Store contact"
    assert code_list(comment) == [
        ("IN", "Individual (retail, private) customer"),
        ("SC", "Store contact"),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        None,
        "",
        "订单编号",
        "默认0",
        "0表示无门槛",
        "2024-01-01",
        "2024-01-01 10:30:00",
        "HH:mm:ss",
        "保留2位小数1位整数",
        "3일 4회",
        "Scale is 1 to 5 with 5 as the highest rating.",
        "between 1 and 2 items",
        "E-mail or T-shirt",
        "评价星数：0->5",
        "1->普通；1->颜色",
        '[{"key":"颜色","value":"黑"},{"key":"容量","value":"4G"}]',
        "http://example.org: see there",
        "v1.2, see note: x",
        "100-200 kg",
        "Foreign key to Product.ProductID.",
    ],
)
def test_what_is_no_list_is_left_alone(comment: str | None) -> None:
    assert code_list(comment) == []
