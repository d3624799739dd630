"""Which launcher an engine's jobs go to."""

from tunesmith.local.trainer.descriptor import Engine
from tunesmith.local.trainer.launchers.launcher import Launcher
from tunesmith.local.trainer.launchers.process import ProcessLauncher


class Launchers:
    """The launchers of a server."""

    def __init__(self) -> None:
        self.here = ProcessLauncher()

    def of(self, _engine: Engine) -> Launcher:
        """The launcher for this engine's jobs."""
        return self.here
