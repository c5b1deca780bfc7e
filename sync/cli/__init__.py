"""The command line: `jumelage COMMAND`.

Exit status: 0 all in step, 1 something was held or failed (and said which), 2 wrong
usage or a name that nothing has, 78 a fault of configuration (EX_CONFIG). No traceback
for what a user can cause.
"""

from sync.cli.main import main

__all__ = ["main"]
