"""A schema to a training set for NL → SQL: asked in people's words, checked, run, split."""

from tunesmith.bot.schemas.dataset.coverage import Coverage
from tunesmith.bot.schemas.dataset.labels import LANGUAGES
from tunesmith.bot.schemas.dataset.pairs import system_prompt
from tunesmith.bot.schemas.dataset.paraphrase import add_paraphrases
from tunesmith.bot.schemas.dataset.training_set import (
    TrainingSet,
    build_training_set,
    write_training_set,
)

__all__ = [
    "LANGUAGES",
    "Coverage",
    "TrainingSet",
    "add_paraphrases",
    "build_training_set",
    "system_prompt",
    "write_training_set",
]
