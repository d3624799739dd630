"""Is a value that is named a password or key one, or a stand-in, code or a word about it?"""

import re
from enum import Enum

from tunesmith.bot.datasets.private.randomness import is_stand_in, is_words, looks_random


class How(Enum):
    """How a value is assigned to its name."""

    SIGN = "name = value"
    COLON = "name: value"
    ENVIRONMENT = "NAME="
    OPTION = "--name value"
    ARGUMENT = '("name", "value")'
    BESIDE = 'name "value"'
    VERB = "name is value"


_MIN_PASSWORD, _MAX_PASSWORD = 6, 128
_MIN_KEY = 10
_MIN_LETTERS_ONLY = 20
_MIN_DIFFERENT = 7
_PROSE_CLASSES = 3
# Passwords of examples and of fresh installations.
_COMMON = re.compile(
    r"""(?ix) .*(?:password|passwd|passphrase).* | tiger |
    (?:sha|md|hs|rs|es|aes|rsa|utf|base|oauth|x|ed|argon|pbkdf|http|ipv|v)-?\d[\w-]* |
    (?:(?:admin(?:istrator)?|root|user(?:name)?|guest|test(?:er|ing)?|demo|pass|pwd|pw|secret|qwerty|
    welcome|letmein|login|default|hello|world|example|sample|my|new|old|db|api|token|key|value|
    string|str|abc|foo|bar|baz|some|super|top|very|change|me|iloveyou|postgres|mysql|redis|mongo|
    mongodb|oracle|rabbitmq|elastic|docker|minioadmin|minio)[\W_]*)+ \d{0,4} [\W_]*"""
)
# A name, an attribute or a call's beginning, of words and at most two digits.
_IDENTIFIER = re.compile(r"[$@]?[A-Za-z_]\w*(?:(?:\.|->|::|\?\.)[A-Za-z_]\w*)*")
_ATTRIBUTE = re.compile(r"[-!&*]*[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_LONGEST_NAME = 40
_SNAKE = re.compile(r"[A-Za-z]+(?:[_-][A-Za-z]+)+(?:[_-]?\d{1,3})?")
_NOT_A_KEY = re.compile(
    r"""(?ix) [a-z][a-z0-9+.-]*://.* | \.{0,2}/[\w./-]*\.[a-z]{2,4} | (?:~|\.{1,2})/.* | [a-z]:\\.*
    | [\w.+-]+@[\w-]+\.[\w.]+                              # an address
    | \d{4}-\d\d-\d\d.*                                    # a date
    | v?\d+(?:\.\d+)+(?:[-+.]\w+)*                         # a version
    | sha\d+[:-].* | \$2[aby]?\$.* | \$argon2.* | \$\d\$.*  # a hash
    | (?:arn|urn|aws|projects?)[:/].* | [\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|dev|local)
    | .*\.(?:pem|crt|cer|key|p12|jks|json|ya?ml|toml|cfg|ini|txt|md|py|js|ts|go|java|html?|png
      |jpe?g|svg)"""
)  # fmt: skip
_CUT = re.compile(rb"\.{2}|\*{3}|#{3}|\xe2\x80\xa6|\xe2\x80\xa2")
# Django draws its keys with parentheses too.
_KEY_LETTERS = re.compile(r"[\w.+/=:~@%!#$^&*?|()-]+")


def is_password(text: str, how: How, *, quoted: bool) -> bool:
    """Whether a value named a password is one."""
    is_plausible = (
        _MIN_PASSWORD <= len(text) <= _MAX_PASSWORD
        and _classes(text) > 1
        and (any(map(str.isdigit, text)) or _has_symbol(text))
        and not (is_common(text) or is_stand_in(text) or _NOT_A_KEY.fullmatch(text))
        and not _SNAKE.fullmatch(text)
        and not ("." in text and _IDENTIFIER.fullmatch(text) and is_words(text))
    )
    if not is_plausible or (how is How.BESIDE and not quoted):
        return False
    if how is How.ARGUMENT or (how is How.VERB and not quoted):
        return _classes(text) >= _PROSE_CLASSES and not is_words(text)
    # In code, what is neither quoted nor of the environment is a variable.
    is_code = how is How.SIGN and not quoted and _IDENTIFIER.fullmatch(text.lstrip("!&*-+"))
    return not (is_code and is_words(text))


def is_common(text: str) -> bool:
    """Whether it is the password of examples and fresh installations."""
    return _COMMON.fullmatch(text) is not None


def is_key(text: str, how: How, *, quoted: bool) -> bool:
    """Whether a value named a key or token is one."""
    if len(text) < _MIN_KEY or not _KEY_LETTERS.fullmatch(text) or _NOT_A_KEY.fullmatch(text):
        return False
    if len(set(text)) < _MIN_DIFFERENT or (how is How.BESIDE and not quoted):
        return False
    if not quoted and len(text) < _LONGEST_NAME and _ATTRIBUTE.fullmatch(text):
        return False
    if looks_random(text):
        return True
    return (
        len(text) >= _MIN_LETTERS_ONLY
        and text.isalpha()
        and not is_stand_in(text)
        and not is_words(text)
    )


def is_cut(data: bytes, end: int) -> bool:
    """Whether somebody left out the rest: what ends at `end` goes on as "...", "****" or "####"."""
    return _CUT.match(data, end) is not None


def _has_symbol(text: str) -> bool:
    return any(not char.isalnum() and char not in "-_./" for char in text)


def _classes(text: str) -> int:
    """How many of lower case, upper case, digits and symbols there are."""
    return (
        any(map(str.islower, text))
        + any(map(str.isupper, text))
        + any(map(str.isdigit, text))
        + _has_symbol(text)
    )
