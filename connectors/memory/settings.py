"""What the server in memory can do, per instance."""

from __future__ import annotations

from pydantic import SecretStr

from sync.connector import Capabilities, SystemSettings


class MemorySettings(SystemSettings):
    """What the server in memory can do, and as whom we come."""

    connector: str = "memory"
    world: str = "main"
    """The world of this process to speak to (`World.named`); made if there is none."""
    account: str = "sync"
    password: SecretStr = SecretStr("")
    conditional: bool = True
    cursor: bool = True
    tombstones: bool = True
    soft_delete: bool = True
    history: bool = True
    echo: bool = True
    origin: bool = True
    options: bool = True
    rank: bool = True
    lagging: bool = False
    moves: bool = False
    versions: bool = True
    """Records show a version; without, `conditional` cannot hold."""
    authors: bool = True
    """Records show who changed them last."""
    stubs: bool = False
    """Listings show refs and versions only."""
    closes: str | None = None
    """The bool field that a soft deletion sets; None: the record goes out of sight."""
    skew: float = 0.0
    """Seconds by which the server's clock may be behind ours, where times are compared."""
    page: int = 100
    """Records on one page of a listing."""

    def capabilities(self) -> Capabilities:
        """What these settings amount to."""
        return Capabilities(
            conditional=self.conditional and self.versions,
            cursor=self.cursor,
            tombstones=self.cursor and self.tombstones,
            soft_delete=self.soft_delete,
            history=self.history,
            echo=self.echo,
            origin=self.origin,
            options=self.options,
            rank=self.rank,
            lagging=self.lagging,
            moves=self.moves,
        )
