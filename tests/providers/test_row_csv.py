"""A result file with the loss of each row, whatever is in it."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunesmith.bot.providers.result_csv import decoded
from tunesmith.bot.providers.row_csv import read_rows


@pytest.mark.parametrize("encode", [bytes, base64.encodebytes, b"\xef\xbb\xbf".__add__])
def test_the_columns_are_found_by_name_and_odd_rows_are_passed_over(
    encode: Callable[[bytes], bytes],
) -> None:
    table = b"Loss , odd,LINE\n0.5,x,3\n2,x,1\n9,x,3\nnan,x,4\n1,x,0\n1,x,last\n1\n"
    found = read_rows(decoded(encode(table)))
    assert [(row.line, row.loss) for row in found] == [(3, 0.5), (1, 2.0)]


@pytest.mark.parametrize("text", ["", "\0", "line\n1\n", "step,train_loss,loss\n1,2,3\n", "{}"])
def test_another_table_tells_no_rows(text: str) -> None:
    assert read_rows(text) == []


@given(st.binary(max_size=300))
def test_whatever_the_bytes_nothing_is_raised(content: bytes) -> None:
    for row in read_rows(decoded(b"line,loss\n" + content)):
        assert row.line > 0
