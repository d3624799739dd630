"""Secrets: API keys, tokens, passwords in addresses and private keys.

A model repeats what it was trained on, so a key in a training file is a key given away. The
formats are those their issuers publish, most of them so that scanners can find them.
"""

import re
from collections.abc import Iterator
from heapq import merge

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import TextRule
from tunesmith.bot.datasets.text_buffer import Passage, TextBuffer
from tunesmith.bot.messages import Message, say

# Each kind with its form. Those of less than 31 bytes begin as _SHORT_BEGINNINGS do.
FORMATS: tuple[tuple[Message, bytes], ...] = (
    # docs.anthropic.com/en/api
    (say("finding.secret.issuer_api_key", issuer="Anthropic"), rb"sk-ant-[a-z0-9]+-[\w-]{32,}"),
    # platform.openai.com/docs/api-reference/authentication; DeepSeek and others copy the form
    (say("finding.secret.api_key"), rb"sk-(?:(?:proj|svcacct|admin|or-v1)-)?[A-Za-z0-9_-]{32,}"),
    # docs.stripe.com/keys
    (say("finding.secret.issuer_key", issuer="Stripe"), rb"[sr]k_(?:live|test)_[A-Za-z0-9]{24,}"),
    # github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats
    (
        say("finding.secret.issuer_token", issuer="GitHub"),
        rb"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    ),
    # docs.gitlab.com/security/tokens
    (
        say("finding.secret.issuer_token", issuer="GitLab"),
        rb"gl(?:pat|dt|rt|cbt|ptt|ft|soat)-[\w-]{20,}",
    ),
    # api.slack.com/concepts/token-types
    (
        say("finding.secret.issuer_token", issuer="Slack"),
        rb"(?:xox[abeoprs]-[\w-]{26,}|xapp-\d-[\w-]{24,})",
    ),
    (
        say("finding.secret.slack_webhook"),
        rb"hooks\.slack\.com/(?:services|workflows)/[\w/+-]{20,}",
    ),
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    (say("finding.secret.aws_access_key"), rb"(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
    # docs.cloud.google.com/docs/authentication/api-keys
    (say("finding.secret.issuer_api_key", issuer="Google"), rb"AIza[\w-]{35}"),
    (say("finding.secret.google_oauth"), rb"(?:GOCSPX-[\w-]{28}|ya29\.[\w-]{30,})"),
    # learn.microsoft.com/azure/storage/common/storage-account-keys-manage
    (say("finding.secret.azure_storage_key"), rb"AccountKey=[A-Za-z0-9+/]{86}=="),
    # huggingface.co/docs/hub/security-tokens
    (say("finding.secret.issuer_token", issuer="Hugging Face"), rb"hf_[A-Za-z0-9]{30,}"),
    # docs.npmjs.com/about-access-tokens, pypi.org/help/#apitoken
    (say("finding.secret.registry_token"), rb"(?:npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{40,})"),
    # twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
    (say("finding.secret.issuer_api_key", issuer="SendGrid"), rb"SG\.[\w-]{20,24}\.[\w-]{39,50}"),
    # docs.digitalocean.com/reference/api/create-personal-access-token
    (say("finding.secret.issuer_token", issuer="DigitalOcean"), rb"do[opr]_v1_[a-f0-9]{64}"),
    # shopify.dev/docs/apps/build/authentication-authorization
    (say("finding.secret.issuer_token", issuer="Shopify"), rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    # core.telegram.org/bots/features#botfather
    (say("finding.secret.telegram_bot_token"), rb"(?<=\d{8}):AA[\w-]{33}(?![\w-])"),
    # docs.databricks.com/dev-tools/auth/pat
    (say("finding.secret.issuer_token", issuer="Databricks"), rb"dapi[a-f0-9]{32}"),
    # console.groq.com/keys, docs.x.ai, docs.perplexity.ai, replicate.com/docs
    (
        say("finding.secret.api_key"),
        rb"(?:gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|pplx-[A-Za-z0-9]{40,})",
    ),
    (say("finding.secret.issuer_token", issuer="Replicate"), rb"r8_[A-Za-z0-9]{37}"),
    # RFC 7468; the words around vary (RSA, EC, OPENSSH, ENCRYPTED)
    (say("finding.secret.private_key"), rb"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
    # RFC 7519
    (say("finding.secret.json_web_token"), rb"eyJ[\w-]{8,4000}+\.eyJ[\w-]{8,}\.[\w-]{16,}"),
)
_ANY_FORMAT = re.compile(b"|".join(b"(%s)" % pattern for _, pattern in FORMATS))
# A key is never the rest of a longer word.
_WORD_INSIDE = re.compile(rb"\w\w")
# RFC 3986: a password in front of the host.
_PASSWORD_IN_URL = re.compile(rb"[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,64}:([^\s/:@]{3,64})@")
_PLACEHOLDERS = re.compile(rb"(?i)pass(?:word|wd)?|secret|\*+|x+|<.*>|\$?\{.*\}|%s|\.+")
# How any of them begins, by first letter: quicker than one after the other.
_BEGINNING = re.compile(
    rb"s(?:k[-_]|hp)|r(?:k_|8_)|g(?:h[pousr]_|ithub_|l[a-z]{2,4}-|sk_)|x(?:ox|app-|ai-)"
    rb"|h(?:ooks\.|f_)|A(?:[KS]IA|Iza|ccountKey)|GOCSPX|ya29|npm_|p(?:ypi-|plx-)|SG\.|d(?:o[opr]_|api)"
    rb"|-----BEGIN|:AA|eyJ"
)
_SHORT_BEGINNINGS = (b"AKIA", b"ASIA", b"gl", b"-----BEGIN ")
_LONGEST_BEGINNING = 16
_ADDRESS = 150


def find(buffer: TextBuffer) -> Iterator[Passage]:
    """Every secret in the buffer, in no order."""
    checked = 0  # neither a place twice, nor what begins within a secret
    for start, end in _places(buffer):
        for beginning in _BEGINNING.finditer(buffer.data, max(start, checked), end):
            place = beginning.start()
            if place < checked or (place and _WORD_INSIDE.match(buffer.data, place - 1)):
                continue
            found = _ANY_FORMAT.match(buffer.data, place)
            checked = found.end() if found else place + 1
            if found:
                yield _secret(place, checked, FORMATS[(found.lastindex or 1) - 1][0])
    yield from _passwords(buffer)


def _secret(start: int, end: int, kind: Message) -> Passage:
    return Passage(start, end, "secret", kind, private=True)


def _places(buffer: TextBuffer) -> Iterator[tuple[int, int]]:
    """Where a closer look is worth its time, in order."""
    return merge(buffer.token_runs(), *(_short(buffer, each) for each in _SHORT_BEGINNINGS))


def _short(buffer: TextBuffer, beginning: bytes) -> Iterator[tuple[int, int]]:
    for place in buffer.find(beginning):
        if _BEGINNING.match(buffer.data, place):
            yield place, place + _LONGEST_BEGINNING


def _passwords(buffer: TextBuffer) -> Iterator[Passage]:
    """Passwords in addresses."""
    for place in buffer.find(b"@"):
        start, _ = buffer.span_around(place, _ADDRESS)
        scheme = buffer.data.rfind(b"://", start, place)
        if scheme >= 0:
            found = _PASSWORD_IN_URL.search(buffer.data, max(start, scheme - 21), place + 2)
            if found and not _PLACEHOLDERS.fullmatch(found[1]):
                yield _secret(found.start(1), found.end(1), say("finding.secret.password_in_url"))


RULE = TextRule(
    code="secret",
    severity=Severity.WARNING,
    find=find,
    bad="Use sk-proj-" + "aB3dE6gH9jK2" * 4 + ".",
    good="Use your key.",
)
