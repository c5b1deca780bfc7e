"""What an admin sets: `jumelage.yaml`, the environment over it, and secrets from outside both."""

from sync.settings.loading import Settings, find, load
from sync.settings.systems import System, Systems, open_systems

__all__ = ["Settings", "System", "Systems", "find", "load", "open_systems"]
