"""`jumelage demo`: a fictitious co-operative's tools on this machine, mirrored and edited.

What people do is done without Jumelage (`hands`), what Jumelage does is done by its own
command line (`show`), and every claim is checked on the servers themselves.
"""

from sync.demo.show import demo

__all__ = ["demo"]
