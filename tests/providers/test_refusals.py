"""The data on what providers refuse is sound."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rules import RULES
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.providers.refusals import load_refusals, refused, refusing


def test_every_refusal_names_providers_and_rules_that_exist_and_its_source() -> None:
    providers = load_catalogue().providers
    for refusal in load_refusals():
        assert set(refusal.providers) <= set(providers)
        assert set(refusal.codes) <= set(RULES)
        assert refusal.source


def test_what_nobody_can_read_is_not_listed_for_single_providers() -> None:
    errors = {code for code, rule in RULES.items() if rule.severity is Severity.ERROR}
    assert errors & {code for refusal in load_refusals() for code in refusal.codes} == set()


def test_what_is_refused_depends_on_provider_and_method() -> None:
    assert "last_message_not_assistant" in refused("openai", "supervised")
    assert "last_message_not_assistant" not in refused("openai", "reinforcement")
    assert "roles_not_alternating" in refused("together", "supervised")
    assert "roles_not_alternating" not in refused("openai", "supervised")
    assert refused("a team's own", "supervised") == frozenset()


def test_who_refuses_a_finding_is_known_by_its_code() -> None:
    assert refusing("reinforcement_last_message") == ["azure", "openai"]
    assert refusing("duplicate_key") == []
