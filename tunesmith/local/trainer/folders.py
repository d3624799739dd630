"""Where the trainer keeps what: one data folder, all of it the server's own."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """The places under `--data`."""

    root: Path

    @classmethod
    def create(cls, data: Path) -> "Folders":
        """Make the folders that are not there yet."""
        root = data.absolute()
        for name in ("arriving", "files", "parts", "jobs"):
            (root / name).mkdir(parents=True, exist_ok=True)
        return cls(root)

    @property
    def database(self) -> Path:
        """What the API remembers."""
        return self.root / "trainer.db"

    @property
    def lock(self) -> Path:
        """Held by the one server that works on this folder."""
        return self.root / "lock"

    @property
    def arriving(self) -> Path:
        """Bytes that are on their way in; emptied at every start."""
        return self.root / "arriving"

    @property
    def files(self) -> Path:
        """The content of each file, named by its id."""
        return self.root / "files"

    @property
    def parts(self) -> Path:
        """The content of each part of an upload, named by its id."""
        return self.root / "parts"

    @property
    def serving(self) -> Path:
        """The logs of servers that were started to answer."""
        return self.root / "serving"

    def job(self, job_id: str) -> Path:
        """The folder that an engine works in."""
        return self.root / "jobs" / job_id
