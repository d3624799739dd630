"""True statements are valid; false ones are flagged with the very name that is wrong."""

import pytest

from tests.sql.cases import Case, cases, schema
from tunesmith.bot.sql import Verdict, check_sql

_CASES = cases()
_VERDICTS = {
    "valid": Verdict.VALID,
    "column": Verdict.UNKNOWN_NAMES,
    "table": Verdict.UNKNOWN_NAMES,
    "ambiguous": Verdict.AMBIGUOUS,
    "syntax": Verdict.SYNTAX_ERROR,
}


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_a_statement_gets_its_verdict_and_only_its_wrong_names(case: Case) -> None:
    check = check_sql(case.sql, schema(case.schema))
    assert check.verdict is _VERDICTS[case.kind], check.message
    assert tuple(check.unknown_columns) == (case.names if case.kind == "column" else ())
    assert tuple(check.unknown_tables) == (case.names if case.kind == "table" else ())
    assert tuple(check.ambiguous) == (case.names if case.kind == "ambiguous" else ())
    for name in case.names:
        assert f"`{name}`" in check.message


def test_the_corpus_is_large_and_covers_five_dialects() -> None:
    assert len(_CASES) >= 200
    assert len({case.schema for case in _CASES}) == 5
    for name in {case.schema for case in _CASES}:
        kinds = [case.kind for case in _CASES if case.schema == name]
        assert kinds.count("valid") >= 25
        assert len(kinds) - kinds.count("valid") >= 20


def test_precision_is_1_and_recall_of_invented_names_at_least_95_percent() -> None:
    flagged = true_flagged = found = invented = 0
    for case in _CASES:
        check = check_sql(case.sql, schema(case.schema), second_opinion=False)
        names = {*check.unknown_columns, *check.unknown_tables}
        wrong = set(case.names) if case.kind in {"column", "table"} else set[str]()
        flagged += len(names)
        true_flagged += len(names & wrong)
        invented += len(wrong)
        found += len(wrong & names)
    assert invented >= 90
    assert true_flagged == flagged
    assert found / invented >= 0.95
