"""What is after a write that went through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sync.errors import Ambiguous, JumelageError


@contextmanager
def landed(what: str, *overtaken: type[JumelageError]) -> Iterator[None]:
    """Whatever fails in here fails after `what` was written, in full or in part.

    A read that is refused then says nothing of the write: it is `Ambiguous`, so that
    the engine looks at what stands, and does not take it for never sent. The errors
    `overtaken`, by which the system says that another's write stands in place of ours,
    pass as they are.
    """
    try:
        yield
    except JumelageError as error:
        if isinstance(error, (Ambiguous, *overtaken)):
            raise
        raise Ambiguous(f"{what} was written, and then: {error}") from error
