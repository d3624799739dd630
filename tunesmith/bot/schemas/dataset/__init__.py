"""A schema to a training set for NL → SQL: asked in people's words, checked, run, split."""

from tunesmith.bot.schemas.dataset.coverage import Coverage
from tunesmith.bot.schemas.dataset.labels import LANGUAGES
from tunesmith.bot.schemas.dataset.pairs import system_prompt
from tunesmith.bot.schemas.dataset.paraphrase import Reworded, add_paraphrases, ask_model
from tunesmith.bot.schemas.dataset.training_set import (
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
