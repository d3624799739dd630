"""What is written down in a dialect's DDL is read back as it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ddl.renderers import render
from tests.ddl.strategies import schemas
from tunesmith.bot.ddl import Dialect, parse_ddl


@pytest.mark.parametrize("dialect", Dialect)
@settings(max_examples=60)
@given(data=st.data(), later=st.booleans())
def test_random_schemas_come_back_as_they_were(
    dialect: Dialect, data: st.DataObject, later: bool
) -> None:
    tables = data.draw(schemas(dialect))
    schema = parse_ddl(render(tables, dialect, later=later), dialect=dialect)
    assert schema.unparsed == []
    assert schema.tables == tables
