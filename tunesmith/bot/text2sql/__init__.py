"""A schema to a training set for NL → SQL: asked in people's words, checked, run, split."""

from tunesmith.bot.text2sql.coverage import Coverage
from tunesmith.bot.text2sql.labels import LANGUAGES
from tunesmith.bot.text2sql.pairs import system_prompt
from tunesmith.bot.text2sql.paraphrase import Reworded, add_paraphrases, ask_model
from tunesmith.bot.text2sql.training_set import (
    TrainingSet,
    build_training_set,
    write_training_set,
)

__all__ = [
    "LANGUAGES",
    "Coverage",
    "Reworded",
    "TrainingSet",
    "add_paraphrases",
    "ask_model",
    "build_training_set",
    "system_prompt",
    "write_training_set",
]
