"""What Jumelage says it did: events with facts, as JSON for machines or lines for people.

Modules say `log = structlog.get_logger()` and `log.info("record_created", item=...)`;
every event has its name, in the past tense, in the catalogue here. Secrets are scrubbed from
the finished line, so that none passes through a fact, an error's text or a library's
own message.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

import structlog

from sync.spellings import spellings

EVENTS: Mapping[str, str] = {
    "collection_created": "a board or the like was made, since a mapping says that it may be",
    "column_added": "a list or a label that no record bears was made on a side, as on another",
    "columns_arranged": "lists were moved to where they stand on another side",
    "columns_missed": "what lists and labels are could not be read on a side",
    "columns_unaligned": "lists or labels could not be made alike on a side now",
    "column_shaped": "a list was archived or brought back, or a label coloured",
    "collection_observed": "a collection was listed, or its changes were",
    "connector_failed": "a connector raised what it must not: a fault of ours, with its trace",
    "cycle_ended": "a unit was brought in step, but for what is counted as held or failed",
    "cycle_failed": "a unit could not be brought in step at all",
    "cycle_started": "a unit is looked at",
    "daemon_started": "the daemon keeps its units in step from now on",
    "daemon_stopped": "the daemon ended in good order",
    "daemon_interrupted": "the daemon ended amid a write, which the next start looks up",
    "door_failed": "nothing can listen for changes now: looking goes on by the clock",
    "door_opened": "systems can tell us of changes from now on",
    "access_checked": "it was asked what our account at a system may do, and until when",
    "access_missed": "it could not be asked what our account at a system may do: asked later",
    "echo_malformed": "what a write answered cannot be read; the record is read again",
    "item_held": "an item is left alone until somebody releases it",
    "item_released": "somebody released what was held",
    "history_missed": "a side's history could not be asked what our writes replaced: asked later",
    "listing_failed": "a collection could not be listed: nothing is known of it, nothing follows",
    "notice_declined": "a side will not have people told of a conflict there",
    "notice_failed": "people could not be told of a conflict now",
    "notices_withheld": "so many conflicts are new that only the command tells them",
    "notice_received": "a system told of a change: the collections are looked at soon",
    "notice_refused": "something came to the door that the system did not sign",
    "old_values_erased": "what had been kept for longer than the settings say was erased",
    "option_written": "a list, label or other value of a choice was made or renamed",
    "reading_failed": "a record could not be read directly",
    "record_created": "we made a record",
    "record_deleted": "we deleted or archived a record",
    "record_quarantined": "a record cannot be read, and is left alone",
    "record_restored": "we brought a record back",
    "record_updated": "we changed a record",
    "account_refused": "a system refused our account; it is not asked again in this cycle",
    "recovery_waited": "an unresolved write cannot be looked up yet",
    "run_undone": "the writes of a run were reversed where they still stood",
    "secret_exposed": "a secret's file can be read by every account of the machine",
    "tidying_failed": "old values could not be erased now, and are later",
    "unit_added": "a unit takes part from now on",
    "unit_delayed": "a unit waits for a system that does not answer",
    "webhooks_registered": "a system tells us of changes from now on",
    "webhooks_missed": "a system could not be had to tell us of changes: tried again later",
    "write_failed": "a write did not go through, and is planned again",
    "write_held": "a write is held back, with its cause",
    "write_refused": "a system will not have a value, which is not sent again until it changes",
    "write_uncertain": "a write may have happened: it is looked up before anything else",
}
"""The catalogue: every event that Jumelage logs, and what it means."""


class Scrubber:
    """Takes secrets out of text, in whichever spelling they stand there."""

    MASK = "[secret]"

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, secrets: Iterable[str]) -> None:
        """Scrub these too from now on."""
        self._known.update(secret for secret in secrets if secret)
        forms = {form for secret in self._known for form in spellings(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def forget(self) -> None:
        """Know no secret any more."""
        self._known.clear()
        self._pattern = None

    def __call__(self, text: str) -> str:
        """The text with a mask in place of each secret."""
        return self._pattern.sub(self.MASK, text) if self._pattern else text


scrub = Scrubber()
"""The scrubber of this process: everything written or shown passes through it."""


def for_machines(environ: Mapping[str, str], stream: TextIO) -> bool:
    """Tell whether lines should be JSON: under systemd, or when nobody watches."""
    return "JOURNAL_STREAM" in environ or not stream.isatty()


def configure(
    *, level: int = logging.INFO, stream: TextIO | None = None, as_json: bool | None = None
) -> None:
    """Send every event, and what libraries log, to a stream (standard error)."""
    stream = stream or sys.stderr
    as_json = for_machines(os.environ, stream) if as_json is None else as_json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(stream, as_json=as_json),
                _scrubbed,
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("urllib3", "alembic"):  # one of them names addresses with their queries
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _renderer(stream: TextIO, *, as_json: bool) -> structlog.typing.Processor:
    if as_json:
        return structlog.processors.JSONRenderer(serializer=_dumps)
    return structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _dumps(facts: object, default: Callable[[object], object], **_options: object) -> str:
    return json.dumps(facts, default=default, ensure_ascii=False)


def _scrubbed(_logger: object, _method: str, line: object) -> str:
    return scrub(str(line))
