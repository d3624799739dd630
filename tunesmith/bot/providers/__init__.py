"""Who trains: a catalogue (data), and clients behind one protocol (`trainer.py`)."""

from typing import TYPE_CHECKING

from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.messages import say
from tunesmith.bot.providers.catalogue import Catalogue

if TYPE_CHECKING:
    from tunesmith.bot.providers.trainer import Trainer
    from tunesmith.bot.settings import Settings

__all__ = ["connect"]


def connect(settings: "Settings", catalogue: Catalogue) -> "dict[str, Trainer]":
    """A client for each provider that a key is set for, by the catalogue's name.

    Raises ConfigurationError where a provider is not in the catalogue or has no address.
    """
    # The openai SDK takes a second to import, and the catalogue needs none of it.
    from tunesmith.bot.providers.openai_client import OpenAIClient  # noqa: PLC0415
    from tunesmith.bot.providers.together_client import TogetherClient  # noqa: PLC0415

    clients: dict[str, Trainer] = {}
    for name, access in settings.providers.items():
        provider = catalogue.providers.get(name)
        if provider is None:
            said = say("setting.unknown_provider", provider=name, names=catalogue.providers)
            raise ConfigurationError(said)
        base_url = access.base_url or provider.base_url
        if base_url is None:
            missing = f"TUNESMITH_PROVIDERS__{name.upper()}__BASE_URL"
            raise ConfigurationError(say("setting.missing", names=[missing]))
        client = TogetherClient if provider.protocol == "together" else OpenAIClient
        key = access.api_key.get_secret_value()
        clients[name] = client(name, provider, base_url=base_url, api_key=key)
    return clients
