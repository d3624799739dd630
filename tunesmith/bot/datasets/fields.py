"""The keys and roles that the formats know.

Source: OpenAI's reference of `FineTuneChatRequestInput`, `FineTunePreferenceRequestInput` and
`FineTuneReinforcementRequestInput`.
"""

from tunesmith.bot.datasets.formats import Format

# The formats whose examples have messages.
CONVERSATIONS = frozenset({Format.CHAT, Format.PREFERENCE, Format.REINFORCEMENT})

EXAMPLE_KEYS = {
    Format.CHAT: frozenset({"messages", "tools", "functions", "parallel_tool_calls"}),
    Format.PREFERENCE: frozenset({"input", "preferred_output", "non_preferred_output"}),
    Format.TEXT: frozenset({"text"}),  # together-python, src/together/utils/files.py
}
# Columns of other trainers that hold part of what an example says: never dropped by a fix.
MEDIA_KEYS = frozenset({"image", "images", "audio", "audios", "video", "videos"})
PREFERENCE_INPUT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})
MESSAGE_KEYS = frozenset(
    {"role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"}
)

_ROLES = frozenset({"system", "user", "assistant", "tool", "function"})
# Reasoning models, which reinforcement fine-tuning is for, call the system role "developer".
ROLES = {
    Format.CHAT: _ROLES,
    Format.PREFERENCE: _ROLES,
    Format.REINFORCEMENT: _ROLES | {"developer"},
}
