"""One running workspace: everything its parts need of each other."""

from tunesmith.local.workspace.calls import Calls
from tunesmith.local.workspace.changes import Changes
from tunesmith.local.workspace.deliveries import Deliveries
from tunesmith.local.workspace.faults import Faults
from tunesmith.local.workspace.files import FileStore
from tunesmith.local.workspace.limits import RateLimits
from tunesmith.local.workspace.manifest import EVERYTHING, load_manifest
from tunesmith.local.workspace.records import Json
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.signed_requests import HttpTransport
from tunesmith.local.workspace.sockets import SocketHub
from tunesmith.local.workspace.state import State
from tunesmith.local.workspace.store import Store
from tunesmith.local.workspace.tasks import Tasks
from tunesmith.local.workspace.transport import Transport


class Workspace:
    """Built from settings; `base_url` is set once the server listens."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.base_url = ""
        self.manifest = load_manifest(settings.manifest) if settings.manifest else EVERYTHING
        if settings.data is not None:
            settings.data.mkdir(parents=True, exist_ok=True)
        self.files = FileStore(settings.data)
        store = Store(settings.data / "workspace.log" if settings.data else None)
        self.state = State(store, self.manifest.features.bot_user.display_name)
        self.changes = Changes()
        self.tasks = Tasks()
        self.calls = Calls()
        self.faults = Faults()
        self.limits = RateLimits(on=settings.rate_limits)
        # What each person picked in a message's selects: their client knows, the message does not.
        self.selections: dict[tuple[str, str, str], Json] = {}
        self.sockets = SocketHub(settings.ack_seconds)
        self.transport: Transport = self.sockets
        if settings.request_url:
            self.transport = HttpTransport(settings.request_url, settings.ack_seconds)
        self.deliveries = Deliveries(
            self.state, self.manifest, self.transport, settings, self.tasks
        )

    def reset(self) -> None:
        """Back to a fresh workspace; connections stay."""
        self.state.reset()
        self.files.clear()
        self.calls.clear()
        self.faults.clear()
        self.limits.switch(on=self.settings.rate_limits)
        self.selections.clear()
        self.changes.publish({"type": "reset"})

    async def hang_up(self) -> None:
        """End every connection and all background work."""
        self.changes.close()
        await self.tasks.cancel()
        await self.sockets.close()
        await self.transport.close()

    def close(self) -> None:
        """Close the store, once nothing writes any more."""
        self.state.store.close()
        self.files.close()
