"""Which tokens of a chat are learnt, by the base model's own template."""

from typing import Any

import pytest

from tests.trainer_lora.small_model import CHATML, MARKED, THINKING, make_tokenizer
from tunesmith.local.trainer.engines.lora.template import Template, TemplateError, Tokens
from tunesmith.local.trainer.messages import ChatMessage, RichMessage

CHAT = [
    ChatMessage(role="system", content="You sell coffee machines."),
    ChatMessage(role="user", content="How long is the warranty?"),
    ChatMessage(role="assistant", content="Two years, 2년."),
    ChatMessage(role="user", content="可以退货吗？"),
    ChatMessage(role="assistant", content="可以，30 天内免费退货。 😀"),
]
BOTH = [False, False, True, False, True]


def learnt(tokenizer: Any, tokens: Tokens) -> list[str]:
    """The learnt stretches of a sequence as text."""
    stretches: list[list[int]] = [[]]
    for one, is_learnt in zip(tokens.ids, tokens.learnt, strict=True):
        if is_learnt:
            stretches[-1].append(one)
        elif stretches[-1]:
            stretches.append([])
    return [tokenizer.decode(stretch) for stretch in stretches if stretch]


@pytest.mark.parametrize("template", [CHATML, MARKED], ids=["plain", "marked"])
def test_each_answer_and_its_end_are_learnt_and_nothing_else(template: str):
    tokenizer = make_tokenizer(template)
    [tokens] = Template(tokenizer).chat(CHAT, None, BOTH)
    assert learnt(tokenizer, tokens) == [
        "Two years, 2년.<|im_end|>",
        "可以，30 天内免费退货。 😀<|im_end|>",
    ]
    assert tokenizer.decode(tokens.ids) == tokenizer.apply_chat_template(
        [message.model_dump(include={"role", "content"}) for message in CHAT], tokenize=False
    )


def test_a_template_that_marks_the_assistants_words_agrees():
    tokenizer = make_tokenizer(MARKED)
    [tokens] = Template(tokenizer).chat(CHAT, None, BOTH)
    theirs = tokenizer.apply_chat_template(
        [message.model_dump(include={"role", "content"}) for message in CHAT],
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    assert tokens.ids == theirs["input_ids"]
    assert [int(one) for one in tokens.learnt] == theirs["assistant_masks"]


def test_an_answer_of_no_weight_is_read_and_not_learnt():
    tokenizer = make_tokenizer()
    [tokens] = Template(tokenizer).chat(CHAT, None, [False, False, False, False, True])
    assert learnt(tokenizer, tokens) == ["可以，30 天内免费退货。 😀<|im_end|>"]
    assert "Two years" in tokenizer.decode(tokens.ids)


def test_a_chat_that_the_template_writes_anew_at_each_turn_becomes_a_sequence_for_each_answer():
    tokenizer = make_tokenizer(THINKING)
    first, second = Template(tokenizer).chat(CHAT, None, BOTH)
    assert learnt(tokenizer, first) == ["<think>\n\n</think>\n\nTwo years, 2년.<|im_end|>"]
    assert learnt(tokenizer, second)[0].endswith("可以，30 天内免费退货。 😀<|im_end|>")
    assert tokenizer.decode(second.ids).count("<think>") == 1


TOOL_CHAT = [
    RichMessage(role="user", content="Rain in Seoul?"),
    RichMessage.model_validate(
        {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "rain", "arguments": '{"city": "Seoul"}'},
                }
            ],
        }
    ),
    RichMessage(role="tool", tool_call_id="call_1", content="yes"),
    RichMessage(role="assistant", content="Yes."),
]


def test_a_tools_result_is_told_with_the_tools_name_which_some_templates_want():
    tokenizer = make_tokenizer(
        "{% for one in messages %}{% if one.role == 'tool' %}{{ one.name }}: {% endif %}"
        "{{ one.content }}<|im_end|>{% endfor %}"
    )
    [tokens] = Template(tokenizer).chat(TOOL_CHAT, None, [False, False, False, True])
    assert "rain: yes<|im_end|>" in tokenizer.decode(tokens.ids)


def test_a_tool_call_is_learnt_as_the_template_writes_it_and_its_result_is_not():
    tokenizer = make_tokenizer()
    tools: list[dict[str, object]] = [{"type": "function", "function": {"name": "rain"}}]
    [tokens] = Template(tokenizer).chat(TOOL_CHAT, tools, [False, True, False, True])
    call = '<tool_call>{"name": "rain", "arguments": {"city": "Seoul"}}</tool_call><|im_end|>'
    assert learnt(tokenizer, tokens) == [call, "Yes.<|im_end|>"]
    assert tokenizer.decode(tokens.ids).startswith("<|im_start|>system\nTools: ")


def test_a_template_without_an_end_of_turn_gets_the_end_of_the_text():
    plain = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
    tokenizer = make_tokenizer(plain + "{% if add_generation_prompt %}assistant: {% endif %}")
    [tokens] = Template(tokenizer).chat(CHAT, None, BOTH)
    assert learnt(tokenizer, tokens)[-1] == "可以，30 天内免费退货。 😀\n<|endoftext|>"


def test_a_completion_is_learnt_up_to_the_end_of_the_text():
    tokenizer = make_tokenizer()
    tokens = Template(tokenizer).completion("Q: water?\nA:", " Filtered.")
    assert learnt(tokenizer, tokens) == [" Filtered.<|endoftext|>"]


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (None, "has no chat template"),
        ("{{ raise_exception('Roles must alternate') }}", "Roles must alternate"),
        ("{% for", "refuses it"),
    ],
)
def test_a_chat_that_the_template_refuses_says_why(template: str | None, reason: str):
    with pytest.raises(TemplateError, match=reason):
        Template(make_tokenizer(template)).chat(CHAT, None, BOTH)


def test_what_is_read_before_an_answer_is_what_was_read_in_training():
    tokenizer = make_tokenizer()
    template = Template(tokenizer)
    [tokens] = template.chat(CHAT[:3], None, [False, False, True])
    prompt = template.prompt(CHAT[:2])
    assert tokens.ids[: len(prompt)] == prompt
    assert tokens.learnt.index(True) == len(prompt)
    assert template.ends() == set(tokenizer.convert_tokens_to_ids(["<|endoftext|>", "<|im_end|>"]))
