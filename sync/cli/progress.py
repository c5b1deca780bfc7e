"""Progress bars on long work; silence where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bars

from sync.i18n import _
from sync.report import Progress

Tell = Callable[[Progress], None]


@contextmanager
def shown(console: Console) -> Iterator[Tell]:
    """Something to tell progress to, which shows it while the block lasts."""
    if not console.is_terminal:
        yield lambda _progress: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(progress: Progress) -> None:
            name = progress.unit
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=None)
            phase = {
                "observe": _("reading"),
                "plan": _("planning"),
                "settle": _("reading again, to be sure"),
                "write": _("writing"),
            }
            said = phase.get(progress.phase, progress.phase)
            bars.update(
                tasks[name],
                description=f"{name}  {said}  {progress.title[:40]}",
                completed=progress.done,
                total=progress.total or None,
            )

        yield tell
