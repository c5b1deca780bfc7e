"""Renaming with a condition: exchange two files, or never replace one (Linux, renameat2(2)).

The exchange is what makes a conditional write possible on a plain file system: the
new file and the old one trade places in one step, so that whatever stood there is in
our hands and can be compared with what was expected, and put back.
"""

from __future__ import annotations

import ctypes
import errno
import os

NOREPLACE = 1
EXCHANGE = 2
_UNSUPPORTED = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM)
_library = ctypes.CDLL(None, use_errno=True)


class Unsupported(Exception):
    """This system or file system cannot rename with a condition."""


def rename(old_dir: int, old: str, new_dir: int, new: str, how: int) -> None:
    """Rename between two open folders. Raises `OSError`, or `Unsupported`."""
    call = getattr(_library, "renameat2", None)
    if call is None:  # not glibc 2.28 or later
        raise Unsupported
    if call(old_dir, os.fsencode(old), new_dir, os.fsencode(new), how) == 0:
        return
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        raise Unsupported
    raise OSError(code, os.strerror(code), old, None, new)
