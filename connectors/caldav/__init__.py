"""CalDAV (RFC 4791): calendars of events and lists of tasks, on any server.

`lines` edits iCalendar text without touching what it does not know; `times` reads and
writes moments; `event` and `task` say what the fields are in iCalendar; `discovery`
finds the calendars of an account; `connector` is the rest.
"""

from connectors.caldav.connector import CalDav, CalDavSettings

__all__ = ["CalDav", "CalDavSettings"]
