"""Secrets and personal data are found by their form, and ordinary text is not taken for them."""

import random
import string
from pathlib import Path

import pytest

from tests.datasets.defects import saying
from tests.datasets.files import chat, chats, look, message, of_code, said, write
from tunesmith.bot.datasets.checks.text import secret as secrets
from tunesmith.bot.datasets.text_buffer import TextBuffer
from tunesmith.bot.messages import text_for

_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def _made_up(count: int, letters: str = _LETTERS) -> str:
    return "".join(random.Random(count).choices(letters, k=count))


# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "Anthropic API key": "sk-ant" + "-api03-" + _made_up(93) + "AA",
    "API key": "sk-" + "proj-" + _made_up(48),
    "Stripe key": "sk_" + "live_" + _made_up(24),
    "GitHub token": "gh" + "p_" + _made_up(36),
    "GitLab token": "gl" + "pat-" + _made_up(20),
    "Slack token": "xo" + "xb-" + "123456789012-" + _made_up(24),
    "Slack webhook": "https://hooks.sl" + "ack.com/services/T0000000/B0000000/" + _made_up(24),
    "AWS access key ID": "AK" + "IA" + _made_up(16, string.ascii_uppercase + "234567"),
    "Google API key": "AI" + "za" + _made_up(35),
    "Google OAuth secret": "GOC" + "SPX-" + _made_up(28),
    "Azure storage key": "Account" + "Key=" + _made_up(86) + "==",
    "Hugging Face token": "h" + "f_" + _made_up(34),
    "package registry token": "np" + "m_" + _made_up(36),
    "SendGrid API key": "S" + "G." + _made_up(22) + "." + _made_up(43),
    "DigitalOcean token": "dop" + "_v1_" + _made_up(64, _HEX),
    "Shopify token": "shp" + "at_" + _made_up(32, _HEX),
    "Telegram bot token": "123456789" + ":AA" + _made_up(33),
    "Databricks token": "da" + "pi" + _made_up(32, _HEX),
    "Replicate token": "r8" + "_" + _made_up(37),
    "private key": "-----BEGIN RSA PRIV" + "ATE KEY-----\n" + _made_up(64) + "\n",
    "JSON Web Token": "eyJ" + _made_up(20) + ".eyJ" + _made_up(40) + "." + _made_up(43),
    "password in a URL": "postgres://admin:" + "Tr0ub4dor" + "@db.corp.net/main",
}
SHORTEST = [
    "gl" + "dt-" + _made_up(20),
    "gl" + "soat-" + _made_up(20),
    "AS" + "IA" + _made_up(16, string.ascii_uppercase + "234567"),
    "xo" + "xp-" + _made_up(26),
    "xa" + "pp-1-" + _made_up(24),
    "sk-" + _made_up(32),
    "h" + "f_" + _made_up(30),
    "-----BEGIN PRIV" + "ATE KEY-----",
]
PERSONAL = {
    "e-mail address": ["min.kim@corp.co.kr", "a+b@mail.example-shop.de"],
    "what looks like a card number": [
        "4111 1111 1111 1111",
        "378282246310005",
        "5555-5555-5555-4444",
    ],
    "IBAN": ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"],
    "Korean resident registration number": ["900101-1234568"],
    "Chinese identity number": ["11010519491231002X", "440524198001010013"],
    "US social security number": ["536-90-4399"],
    "phone number": [
        "+44 20 7946 0958",
        "+82 10-2345-6789",
        "010-2345-6789",
        "02-312-3456",
        "13812345678",
        "(212) 456-7890",
    ],
}
ORDINARY = [
    "2024-01-31 10:15:00 and 2024-02-28, see 10.1.2.3 and 192.168.100.200",
    "order 1234567890123456 of 4111 1111 1111 1112, total 1,234,567.89",
    "SELECT 1000 2000 3000 4000 5000 6000 7000 FROM t WHERE id = 9007199254740993",
    "user@example.com, you@test, noreply@corp.com, @decorator and a @ b",
    "https://user:password@example.com and https://${USER}:${PASSWORD}@host",
    "task-risk-ask_me_whether_this_is_a_long_identifier_or_not_at_all_please",
    "the sk-learn and hf_hub modules, xoxo, AKIAS, eyJ, npm_install_everything_again",
    "00000000000000000000000000000000000000000 ffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("kind", sorted(SECRETS))
def test_a_secret_is_found_where_a_file_begins_with_it(kind: str, tmp_path: Path) -> None:
    lines = [chat(0, message("user", SECRETS[kind]), message("assistant", "a")), *chats()]
    assert look(write(tmp_path / "train.jsonl", lines)).counts["secret"] == 1


@pytest.mark.parametrize("kind", sorted(SECRETS))
@pytest.mark.parametrize("frame", ["{}", "key={}", '"{}",', "한국어 {} 한국어", "x {}\n"])
def test_a_secret_is_found_in_whatever_stands_around(kind: str, frame: str, tmp_path: Path) -> None:
    text = frame.replace("{}", SECRETS[kind])
    report = look(write(tmp_path / "a.jsonl", [*chats(), saying(text)]))
    found = [said(finding) for finding in of_code(report, "secret")]
    assert found == [f"The text holds a secret: {kind}."]
    assert SECRETS[kind].strip()[8:24] not in report.model_dump_json(exclude={"sample_questions"})


@pytest.mark.parametrize("secret", [*SECRETS.values(), *SHORTEST])
@pytest.mark.parametrize("before", range(8))
def test_a_secret_is_found_at_any_place_among_blanks(secret: str, before: int) -> None:
    buffer = TextBuffer([" " * before + secret + " "])
    assert len(list(secrets.find(buffer))) == 1


def test_every_format_of_a_secret_is_tested() -> None:
    assert {text_for("en")(kind) for kind, _ in secrets.FORMATS} <= set(SECRETS)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts]
)
@pytest.mark.parametrize("frame", ["{}", "call {}.", "번호는 {} 입니다", "a {}, b"])
def test_personal_data_is_found(kind: str, text: str, frame: str, tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", [*chats(), saying(frame.replace("{}", text))]))
    found = [said(finding) for finding in of_code(report, "personal_data")]
    assert found == [f"The text holds personal data: {kind}."]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_not_taken_for_private(text: str, tmp_path: Path) -> None:
    report = look(write(tmp_path / "a.jsonl", [*chats(), saying(text)]))
    assert not of_code(report, "secret"), of_code(report, "secret")
    assert not of_code(report, "personal_data"), of_code(report, "personal_data")


def test_a_list_of_phone_numbers_is_as_many_findings(tmp_path: Path) -> None:
    numbers = [f"010-{2000 + number}-{3000 + number}" for number in range(12)]
    for text in (" ".join(numbers), ",".join(numbers), "\n".join(numbers)):
        report = look(write(tmp_path / "a.jsonl", [*chats(), saying(text)]))
        assert report.counts["personal_data"] == 12
