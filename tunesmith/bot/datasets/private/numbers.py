"""Numbers of persons: cards, accounts, identity numbers, phones.

A number counts only where its check digits or numbering plan say so (python-stdnum, phonenumbers),
and where it is written as such numbers are or a word beside it says what it is: an order number,
a timestamp or a price is none of them.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tunesmith.bot.datasets.text_buffer import TextBuffer
from tunesmith.bot.messages import Message, say


class Found(NamedTuple):
    """Where a number stands, and what it is."""

    start: int
    end: int
    kind: Message


class _Kind(NamedTuple):
    """A form, its check, and the words of which one must stand near (None: the form is enough)."""

    name: Message
    form: re.Pattern[bytes]
    is_valid: Callable[[str], bool]
    words: re.Pattern[bytes] | None = None


def _number(pattern: bytes) -> re.Pattern[bytes]:
    """A number that is not part of a longer one."""
    return re.compile(rb"(?<![\w.+-])(?<!\d[:/])(?:" + pattern + rb")(?![\w-]|[.:/]\d)")


def _words(text: str) -> re.Pattern[bytes]:
    latin, other = text.split(";")
    parts = [rb"(?<![a-z])(?:" + latin.strip().encode() + rb")(?![a-rt-z])", other.strip().encode()]
    return re.compile(b"|".join(parts), re.IGNORECASE)


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


# Card numbers of payment providers' documentation (Stripe, PayPal, Adyen), which are no one's.
_TEST_CARDS = re.compile(
    r"4242|4000(?:00|05|08)|41{15}|4012888888881881|42{12}|5555555555554444|5105105105105100"
    r"|52008282|2223(?:00|52)|378282246310005|371449635398431|378734493671000|60111{11}7|60110009"
    r"|6011981111111113|30569309025904|38520000023237|3056930009020004|3622720627|35660020|35301113"
    r"|6200000|6205500|5454545454545454|4988438843884305|4646464646464644|(\d)\1{9}"
)


def _is_card(text: str) -> bool:
    from stdnum import luhn  # noqa: PLC0415 - only texts with such numbers pay for it

    digits = _digits(text)
    return luhn.is_valid(digits) and _TEST_CARDS.match(digits) is None


def _is_rrn(text: str) -> bool:
    from stdnum.kr import rrn  # noqa: PLC0415

    return rrn.is_valid(text)


def _is_ric(text: str) -> bool:
    from stdnum.cn import ric  # noqa: PLC0415
    from stdnum.exceptions import ValidationError  # noqa: PLC0415

    # Not is_valid: it refuses places of birth that have been renamed since.
    try:
        ric.get_birth_date(text)
        return ric.calc_check_digit(text) == text[-1]
    except ValidationError:
        return False


def _is_ssn(text: str) -> bool:
    from stdnum.us import ssn  # noqa: PLC0415

    digits = _digits(text)
    return ssn.is_valid(digits) and digits != "123456789"


def _is_my_number(text: str) -> bool:
    from stdnum.jp import in_  # noqa: PLC0415

    return in_.is_valid(text)


def _is_cpf(text: str) -> bool:
    from stdnum.br import cpf  # noqa: PLC0415

    return cpf.is_valid(text) and len(set(_digits(text))) > 1


def _is_passport(text: str) -> bool:
    return "1234567" not in text and len(set(text)) > 3


# Numbers that everybody writes where nobody's belongs; 555-01xx is set aside for fiction.
_NOBODY = re.compile(r"12345678|(\d)\1{5}|98765432|13800138000|(?:^1?|\+1)[2-9]\d\d55501\d\d$")
# Free numbers of North America, and the shared ones of China's companies.
_SERVICE_PREFIX = re.compile(r"(?:\+?1)?8(?:00|33|44|55|66|77|88)\d{7}|400\d{7}")


def _is_phone_in(*regions: str | None) -> Callable[[str], bool]:
    def is_phone(text: str) -> bool:
        import phonenumbers  # noqa: PLC0415

        digits = _digits(text)
        if _NOBODY.search(digits) or _SERVICE_PREFIX.fullmatch(digits):
            return False
        for region in regions:
            try:
                number = phonenumbers.parse(text, region)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                return True
        return False

    return is_phone


_PHONE_WORDS = _words(
    "tel|telephone|phone|mobile|cell|call|fax|whatsapp|sms|contact|hotline|m|p;"
    "전화|휴대폰|핸드폰|연락처|연락|手机|手機|电话|電話|联系|聯絡|携帯|致电|拨打"
)
_PHONE = say("finding.personal.phone")
# The first that fits counts. The card forms are the issuer ranges of ISO/IEC 7812 in use.
_KINDS: tuple[_Kind, ...] = (
    _Kind(
        say("finding.personal.card"),
        _number(
            rb"(?:4\d|5[1-5]|2[2-7]|6[0245]|35)\d\d[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?! ?\d)"
            rb"|3[47]\d\d[ -]?\d{6}[ -]?\d{5}(?! ?\d)"
            rb"|3(?:0[0-59]|[68]\d)\d[ -]?\d{6}[ -]?\d{4}(?! ?\d)"
            rb"|62\d{15,17}"
        ),
        _is_card,
    ),
    # Cards that a country numbers itself, as Korea's banks do.
    _Kind(
        say("finding.personal.card"),
        _number(rb"9\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?! ?\d)"),
        _is_card,
        _words("card;카드|卡号|カード"),
    ),
    _Kind(say("finding.personal.korean_resident"), _number(rb"\d{6}-?[1-8]\d{6}"), _is_rrn),
    _Kind(
        say("finding.personal.chinese_identity"),
        _number(rb"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{15}[\dX]"),
        _is_ric,
    ),
    _Kind(say("finding.personal.us_social_security"), _number(rb"\d{3}-\d\d-\d{4}"), _is_ssn),
    _Kind(
        say("finding.personal.us_social_security"),
        _number(rb"\d{3} ?\d\d ?\d{4}"),
        _is_ssn,
        _words("ssn|social security;사회보장번호|社会安全号"),
    ),
    _Kind(
        say("finding.personal.japanese_my_number"),
        _number(rb"\d{4}[ -]?\d{4}[ -]?\d{4}"),
        _is_my_number,
        _words("my ?number|individual number;マイナンバー|個人番号"),
    ),
    _Kind(
        say("finding.personal.brazilian_taxpayer"),
        _number(rb"\d{3}\.\d{3}\.\d{3}-\d\d"),
        _is_cpf,
    ),
    _Kind(_PHONE, _number(rb"\+\d[\d .()-]{7,18}\d"), _is_phone_in(None)),
    _Kind(
        _PHONE,
        _number(rb"01[016-9][ .-]\d{3,4}[ .-]\d{4}|0(?:2|[3-6]\d|70|50\d)\)?[ -]\d{3,4}-\d{4}"),
        _is_phone_in("KR"),
    ),
    _Kind(
        _PHONE,
        _number(rb"1[3-9]\d[ -]\d{4}[ -]\d{4}|\(?0\d{2,3}\)?[ -]\d{7,8}"),
        _is_phone_in("CN"),
    ),
    _Kind(
        _PHONE,
        _number(rb"(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.-])[2-9]\d\d[.-]\d{4}"),
        _is_phone_in("US"),
    ),
    _Kind(
        _PHONE,
        _number(rb"0[5789]0-\d{4}-\d{4}|0\d-\d{4}-\d{4}|0\d{2,3}-\d{2,3}-\d{4}"),
        _is_phone_in("JP"),
    ),
    _Kind(
        _PHONE,
        _number(rb"\(?0?\d[\d .()/-]{7,15}\d"),
        _is_phone_in("US", "KR", "CN", "JP", "GB", "DE", "FR"),
        _PHONE_WORDS,
    ),
)
_BY_FORM = tuple(kind for kind in _KINDS if kind.words is None)
_BY_WORDS = tuple(kind for kind in _KINDS if kind.words is not None)
# Most chains are none of them, and are left at once.
_ANY_FORM = re.compile(b"|".join(kind.form.pattern for kind in _BY_FORM))
_ANY_WORD = re.compile(
    b"|".join(kind.words.pattern for kind in _KINDS if kind.words), re.IGNORECASE
)
_IBAN = _number(rb"[A-Z]{2}\d\d ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}")
_PASSPORT = re.compile(
    rb"(?i)(?:passport|" + "여권|护照|護照|旅券|パスポート".encode() + rb")"
    rb"[^\n\d_]{0,24}?(?<!\w)([A-Z]{1,3}\d{6,8}[A-Z]?|[A-Z]\w{2,3}\d\w{3,4}\d|\d{9})(?!\w)"
)
_PASSPORT_NEEDLES = (b"assport", b"ASSPORT", *(
    word.encode() for word in ("여권", "护照", "護照", "旅券", "パスポート")
))  # fmt: skip
# Digits with at most two characters between them, of those that numbers are written with.
# Possessive, so that a list of a million numbers keeps no way back.
_CHAIN = re.compile(rb"[+(]?\d(?:[ .()/-]{0,2}\d)*+")
_MIN_DIGITS = 9
# A longer chain is a list of numbers: each is looked at by itself.
_MAX_DIGITS = 34
_REACH_OF_WORDS = 32


def find(buffer: TextBuffer) -> Iterator[Found]:
    """All numbers of persons in the buffer, in no order."""
    for start, end in buffer.digit_stretches():
        for found in _IBAN.finditer(buffer.data, start, end):
            if _is_iban(found[0].decode()):
                yield Found(*found.span(), say("finding.personal.iban"))
        for chain in _CHAIN.finditer(buffer.data, start, end):
            for number in _numbers(chain):
                yield from _recognise(buffer, *number)
    yield from _passports(buffer)


def _is_iban(text: str) -> bool:
    from stdnum import iban  # noqa: PLC0415

    return iban.is_valid(text)


def _numbers(chain: re.Match[bytes]) -> Iterator[tuple[int, int]]:
    """The chain as a whole, or its parts where it is a list of numbers."""
    text = chain[0]
    digits = len(text) - len(text.translate(None, b"0123456789"))
    if digits < _MIN_DIGITS:
        return
    if digits <= _MAX_DIGITS:
        yield chain.span()
        return
    place = chain.start()
    for part in text.split(b" "):
        if len(part) >= _MIN_DIGITS:
            yield place, place + len(part)
        place += len(part) + 1


def _recognise(buffer: TextBuffer, start: int, end: int) -> Iterator[Found]:
    """The first kind that a number is of."""
    # One more character: an identity number may end in X.
    if _ANY_FORM.search(buffer.data, start, end + 1):
        for kind in _BY_FORM:
            for found in kind.form.finditer(buffer.data, start, end + 1):
                if kind.is_valid(found[0].decode()):
                    yield Found(*found.span(), kind.name)
                    return
    before = buffer.data[max(0, start - _REACH_OF_WORDS) : start]
    before = before[before.rfind(b"\n") + 1 :]
    if _ANY_WORD.search(before):
        for kind in _BY_WORDS:
            found = kind.form.search(buffer.data, start, end + 1)
            is_said = found and kind.words and kind.words.search(before)
            if found and is_said and kind.is_valid(found[0].decode()):
                yield Found(*found.span(), kind.name)
                return


def _passports(buffer: TextBuffer) -> Iterator[Found]:
    for needle in _PASSPORT_NEEDLES:
        for place in buffer.find(needle):
            found = _PASSPORT.search(buffer.data, max(0, place - 1), place + 80)
            if found and _is_passport(found[1].decode()):
                yield Found(*found.span(1), say("finding.personal.passport"))
