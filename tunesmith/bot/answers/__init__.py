"""Questions to a tuned model."""

from tunesmith.bot.answers.ask import MOST_TOKENS, ask, find_model, in_training, not_deployed

__all__ = ["MOST_TOKENS", "ask", "find_model", "in_training", "not_deployed"]
