"""Pictures: charts and diagrams as PNG, with Pillow."""

from tunesmith.bot.drawing.canvas import Canvas, Dots
from tunesmith.bot.drawing.lettering import can_draw, shorten

__all__ = ["Canvas", "Dots", "can_draw", "shorten"]
