"""Rows of a training file that cost a tuned model most: seen, and dropped to train again."""

from tunesmith.handlers.job.row_losses.listeners import register

__all__ = ["register"]
