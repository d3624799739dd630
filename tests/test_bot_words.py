"""Why something went wrong, where it is still raised in English words."""

import ast
import string
from pathlib import Path

import tunesmith
from tunesmith.handlers.text.bot_words import words

TRANSLATED = ("ko", "zh")
ROOT = Path(tunesmith.__file__).parent
# What is raised with words for people; ConfigurationError speaks to who runs the bot.
ERRORS = {
    *(f"{kind}Error" for kind in ("User", "Dataset", "Schema", "Job", "Budget")),
    *("ProviderError", "ProviderBusyError", "Retry", "GiveUp"),
}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_korean_and_chinese_know_the_same_phrases_with_the_same_placeholders() -> None:
    korean, chinese = (words(language).phrases for language in TRANSLATED)
    assert {name: set(of) for name, of in korean.items()} == {
        name: set(of) for name, of in chinese.items()
    }
    assert set(words("ko").reasons) == set(words("zh").reasons)
    for language in TRANSLATED:
        for of in (words(language).reasons, *words(language).phrases.values()):
            for english, translation in of.items():
                assert _placeholders(translation) == _placeholders(english), english


def test_whatever_an_error_says_to_people_is_known_in_every_language() -> None:
    known = {_shape(ast.parse(f"f{reason!r}", mode="eval").body) for reason in words("ko").reasons}
    said = {
        (path.name, shape): ast.unparse(call)
        for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]
        if path.parent.name != "cli"  # the command line speaks English
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args
        if call.func.id in ERRORS and (shape := _shape(call.args[0]))
    }
    assert said
    assert not {call for (_, shape), call in said.items() if shape not in known}


def _shape(written: ast.expr) -> str:
    """What an error says where it is raised, with {} for all that is filled in."""
    if isinstance(written, ast.JoinedStr):
        return "".join(_shape(part) or "{}" for part in written.values)
    return str(written.value) if isinstance(written, ast.Constant) else ""
