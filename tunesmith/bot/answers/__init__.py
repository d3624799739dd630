"""Questions to a tuned model."""

from tunesmith.bot.answers.ask import ask, find_model

__all__ = ["ask", "find_model"]
