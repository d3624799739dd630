"""Shapes and words as dots."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from tests.messages.catalogues import entries, texts
from tunesmith.bot.drawing import Canvas, can_draw, lettering, shorten
from tunesmith.bot.drawing.canvas import text_width
from tunesmith.bot.messages import LANGUAGES


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without any font of its own."""
    monkeypatch.setattr(lettering, "_FILES", ())
    lettering.forget()
    yield
    monkeypatch.undo()
    lettering.forget()


def _grey(canvas: Canvas) -> Image.Image:
    return Image.open(BytesIO(canvas.png())).convert("L")


def _row(canvas: Canvas, y: int) -> list[int]:
    picture = _grey(canvas)
    return [int(picture.getpixel((x, y)) or 0) for x in range(picture.width)]  # pyright: ignore[reportArgumentType]


def test_a_slanted_line_has_smooth_edges() -> None:
    canvas = Canvas(60, 60)
    canvas.line([(5, 5), (55, 30)], "black", 3)
    shades = {*_grey(canvas).tobytes()}
    assert {0, 255} < shades
    assert len(shades) > 4


def test_a_line_of_one_dot_on_the_middle_of_dots_is_one_dot_wide() -> None:
    canvas = Canvas(20, 20)
    canvas.line([(2, 10.5), (18, 10.5)], "black", 1)
    assert [_row(canvas, y)[10] for y in (9, 10, 11)] == [255, 0, 255]


def test_a_rectangle_covers_its_dots_and_no_other() -> None:
    canvas = Canvas(20, 20)
    canvas.rectangle((5, 5), (15, 15), "black")
    assert _row(canvas, 10) == [255] * 5 + [0] * 10 + [255] * 5


def test_dashes_and_gaps_have_the_length_that_was_asked_around_a_corner_too() -> None:
    canvas = Canvas(120, 40)
    canvas.line([(10, 20.5), (47, 20.5), (110, 20.5)], "black", 1, (12, 8))
    dark = "".join("#" if dot < 128 else "." for dot in _row(canvas, 20)[10:110])
    assert dark == ("#" * 12 + "." * 8) * 5


def test_what_reaches_over_the_edge_is_cut_off() -> None:
    canvas = Canvas(20, 20)
    canvas.circle((0, 10), 6, "black")
    canvas.line([(-5, -5), (25, 25)], "black", 2)
    canvas.text((15, 10), "wide", 12)
    assert _row(canvas, 10)[0] == 0


@pytest.mark.usefixtures("no_fonts")
def test_the_letters_of_every_language_of_ours_are_drawn_on_a_machine_without_fonts() -> None:
    assert can_draw("Größe, Łódź, цена, Σ, ≥ 5 → …")
    for language in LANGUAGES:
        for entry in entries(language).values():
            for said in texts(entry):
                assert can_draw("".join(letter for letter in said if letter.isalpha())), said
    assert can_draw("뷁 학습 손실 训练损失，每个 token 的平均损失")
    assert not can_draw("ภาษาไทย")


@pytest.mark.usefixtures("no_fonts")
def test_a_letter_without_a_font_leaves_the_others_where_they_are() -> None:
    canvas = Canvas(200, 40)
    canvas.text((10, 30), "aกb", 20)
    assert min(_grey(canvas).tobytes()) < 100
    assert text_width("aกb", 20) > text_width("ab", 20)


def test_words_end_where_their_width_says() -> None:
    for words in ("iiii", "MMMM", "Größe 12"):
        canvas = Canvas(300, 40)
        canvas.text((290, 30), words, 20, anchor="right")
        left, _, right, _ = _grey(canvas).point(lambda dot: 255 - dot).getbbox() or (0, 0, 0, 0)
        assert 290 - text_width(words, 20) - 1 <= left < right <= 290


def test_a_long_name_is_cut_by_the_columns_that_it_takes() -> None:
    assert shorten("customer", 8) == "customer"
    assert shorten("customers", 8) == "custome…"
    assert shorten("고객주문", 8) == "고객주문"
    assert shorten("고객주문표", 8) == "고객주…"
