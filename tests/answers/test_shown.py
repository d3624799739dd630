"""What a model wrote shows as it stands, while it comes and in the end."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tunesmith.handlers.answer.shown import MOST, shown, shown_half, shown_so_far
from tunesmith.handlers.slack.mrkdwn import escape_markdown, seen, unescape

PIECES = st.sampled_from(
    [
        "a",
        " ",
        "&",
        "&lt;",
        "&amp;",
        "lt;",
        "<",
        ">",
        "<!channel>",
        "<@U0WEI>",
        "```",
        "](",
        "x=1&y",
    ]
)
ANSWERS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


@given(ANSWERS)
def test_it_reads_as_the_model_wrote_it_and_nothing_in_it_fires(answer: str) -> None:
    written = escape_markdown(answer)
    assert not re.search(r"[<>]", written)
    if "](" not in answer:
        assert unescape(written) == seen(answer)


def test_what_nobody_can_see_in_it_shows_and_turns_no_text_around() -> None:
    written = "a\x00b\x1b[31m\x7f\x9b\u202eLQS\u202c \u2066x\u2069\ud83d"
    assert escape_markdown(written) == "a�b�[31m���LQS� �x��"
    lines = "one\x0btwo\x0cthree\x85four\u2028five\u2029six\r\nseven\teight"
    assert escape_markdown(lines) == "one\ntwo\nthree\nfour\nfive\nsix\r\nseven\teight"
    kept = "하나\u200d둘 👩\u200d🔬 שלום\u200f 你好"
    assert escape_markdown(kept) == kept


def test_the_destination_of_a_link_keeps_its_ampersands() -> None:
    link = "[a & b](https://example.com/?x=1&lt=2&amp;y) &amp; &lt; & <b>"
    assert escape_markdown(link) == (
        "[a & b](https://example.com/?x=1&lt=2&amp;y) &amp;amp; &amp;lt; & &lt;b&gt;"
    )


@given(ANSWERS, st.booleans(), st.data())
def test_what_is_shown_while_it_comes_is_the_beginning_of_all_of_it(
    answer: str, sql: bool, data: st.DataObject
) -> None:
    answer = data.draw(st.sampled_from(["", "SELECT * FROM a WHERE b "])) + answer
    first = data.draw(st.integers(0, len(answer)))
    begun = shown_so_far(answer[:first], sql=sql)
    for whole in (
        shown_so_far(answer, sql=sql),
        shown_half(answer, sql=sql),
        shown(answer, sql=sql),
    ):
        assert whole.startswith(begun)


def test_a_long_answer_is_cut_but_never_within_an_entity() -> None:
    written = shown("<" * MOST, sql=False)
    assert len(written) <= MOST
    assert set(written.split(";")) == {"&lt", ""}


def test_the_space_that_completions_begin_with_is_not_shown() -> None:
    assert shown(" Two years.", sql=False) == "Two years."
    assert shown_half(" Two", sql=False) == "Two"
    assert [shown_so_far(one, sql=False) for one in (" ", " T", " Tw")] == ["", "T", "Tw"]
    assert shown(" SELECT 1", sql=True) == shown("SELECT 1", sql=True)
