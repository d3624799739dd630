"""Why a provider did not train, in words that say what to do.

Codes and sentences as OpenAI and those who speak its protocol send them: `training_not_available`
(platform.openai.com/docs/deprecations), `insufficient_quota`, `billing_hard_limit_reached`
(platform.openai.com/docs/guides/error-codes), `invalid_training_file`, `invalid_n_examples`,
`invalid_file_format` (community.openai.com), a refusal by moderation, which names no line
(developers.openai.com/api/docs/guides/supervised-fine-tuning, "Safety checks").
"""

import re

from tunesmith.bot.messages import Message, say

# Signs in a code or in words, by the message that they lead to; the first that fits counts.
_SIGNS = {
    "refusal.blocked": ("moderation", "unsafe", "usage polic", "content_policy", "content_filter"),
    "refusal.invalid_file": (
        "invalid_training_file",
        "invalid_validation_file",
        "invalid_file",
        "invalid_n_examples",
        "invalid_schema",
    ),
    "refusal.no_quota": ("quota", "billing", "balance", "insufficient", "payment"),
}
_LINE = re.compile(r"\b(?:line|row|example)s?\s+#?(\d{1,9})\b", re.IGNORECASE)


def reason_of(title: str | Message, code: str | None, said: str | None) -> Message | None:
    """Why a job was refused or failed, by the provider's `code` and its words, and what to do.

    `title` is the provider's. None where nobody knows what its words mean.
    """
    if code == "training_not_available":
        return say("provider.training_closed")
    words = said or code
    if not words:
        return None
    both = f"{code or ''} {words}".lower()
    kind = next((kind for kind, signs in _SIGNS.items() if any(sign in both for sign in signs)), "")
    line = _LINE.search(words)
    if kind == "refusal.invalid_file" and line:
        return say("refusal.invalid_line", provider=title, said=words, line=int(line[1]))
    return say(kind, provider=title, said=words) if kind else None
