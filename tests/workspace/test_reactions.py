"""reactions.add, remove, get."""

from tests.workspace.conftest import Client, Control, refusal


async def test_a_reaction_is_added_once_shown_and_removed(client: Client, control: Control):
    ts = await control.say()
    eyes = {"channel": "C0TUNING", "timestamp": ts, "name": "eyes"}
    await client.reactions_add(**eyes)
    assert (await refusal(client.reactions_add(**eyes)))["error"] == "already_reacted"
    await control.post("reactions", user="U0BEN", channel="C0TUNING", ts=ts, name="eyes")
    shown = await client.reactions_get(channel="C0TUNING", timestamp=ts)
    assert shown["message"]["reactions"] == [
        {"name": "eyes", "users": ["U0TUNESMITH", "U0BEN"], "count": 2}
    ]
    await client.reactions_remove(**eyes)
    assert (await refusal(client.reactions_remove(**eyes)))["error"] == "no_reaction"
    (message,) = await control.messages()
    assert message["reactions"][0]["users"] == ["U0BEN"]


async def test_reacting_again_takes_a_persons_reaction_back(control: Control):
    ts = await control.say()
    for _ in range(2):
        await control.post("reactions", user="U0BEN", channel="C0TUNING", ts=ts, name="eyes")
    (message,) = await control.messages()
    assert "reactions" not in message


async def test_wrong_names_and_messages_are_refused(client: Client, control: Control):
    ts = await control.say()
    name = client.reactions_add(channel="C0TUNING", timestamp=ts, name="no such thing")
    assert (await refusal(name))["error"] == "invalid_name"
    where = client.reactions_add(channel="C0TUNING", timestamp="1.000000", name="eyes")
    assert (await refusal(where))["error"] == "message_not_found"
