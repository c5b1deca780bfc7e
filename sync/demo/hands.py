"""What people see and do, each with their own tool: nothing of Jumelage is used here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import requests
import yaml
from defusedxml.ElementTree import fromstring
from icalendar import Calendar, Component
from requests.auth import HTTPBasicAuth

from sync.model import Plain

SECONDS = 20
DAV = "{DAV:}"
CALENDAR_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
TASKS = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><d:getetag/><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VTODO"/></c:comp-filter></c:filter>
</c:calendar-query>"""
LIST = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{title}</d:displayname><c:supported-calendar-component-set>
<c:comp name="VTODO"/></c:supported-calendar-component-set>
</d:prop></d:set></c:mkcalendar>"""


@dataclass(frozen=True)
class Card:
    """A card as a person sees it, wherever it stands."""

    title: str
    text: str
    due: datetime | None
    done: bool
    ref: str
    """What to write to: an id, a path."""
    version: str
    """Changes whenever anybody writes."""
    archived: bool = False

    @property
    def facts(self) -> tuple[str, str, bool]:
        """What must be the same wherever the card stands."""
        return (self.title, self.due.astimezone(UTC).isoformat() if self.due else "", self.done)


class Server:
    """A person signed in to a server. Raises `requests.RequestException` for what it refuses."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/") + "/"
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc comes between

    def ask(
        self, method: str, path: str = "", *, body: str = "", headers: Mapping[str, str] = {}
    ) -> requests.Response:
        """Send a request, and return its answer if it is a good one."""
        answer = self._session.request(
            method,
            self.url + quote(path),
            data=body.encode(),
            headers=dict(headers),
            timeout=SECONDS,
        )
        answer.raise_for_status()
        return answer

    def close(self) -> None:
        """Hang up."""
        self._session.close()


class Board(Server):
    """A member of the board, who uses its API."""

    def __init__(self, settings: Mapping[str, Plain], board: str) -> None:
        super().__init__(str(settings["url"]))
        self.board = board
        key, token = settings["key"], settings["token"]
        self.query = f"key={key}&token={token}"
        """What signs a request in an address."""
        signed = f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'
        self._session.headers["Authorization"] = signed

    def cards(self) -> dict[str, Card]:
        """Every card by title, archived ones too."""
        raw = self._session.get(
            f"{self.url}boards/{self.board}/cards", params={"filter": "all"}, timeout=SECONDS
        )
        raw.raise_for_status()
        return {
            card["name"]: Card(
                title=card["name"],
                text=card["desc"],
                due=datetime.fromisoformat(card["due"]) if card["due"] else None,
                done=bool(card["dueComplete"]),
                ref=card["id"],
                version=card["dateLastActivity"],
                archived=bool(card["closed"]),
            )
            for card in raw.json()
        }

    def put_off(self, title: str, due: datetime) -> None:
        """Give a card another due date."""
        url = f"{self.url}cards/{self.cards()[title].ref}"
        answer = self._session.put(url, json={"due": due.isoformat()}, timeout=SECONDS)
        answer.raise_for_status()


class Agenda(Server):
    """A person with the list of tasks on their phone: CalDAV."""

    def __init__(self, settings: Mapping[str, Plain], calendar: str) -> None:
        super().__init__(f"{settings['url']}{calendar}/")
        self._session.auth = HTTPBasicAuth(str(settings["user"]), str(settings["password"]))

    def make(self, title: str) -> None:
        """Make the list."""
        self.ask("MKCALENDAR", body=LIST.format(title=title))

    def cards(self) -> dict[str, Card]:
        """Every task by title."""
        answer = self.ask("REPORT", body=TASKS, headers={"Depth": "1"})
        found: dict[str, Card] = {}
        for response in fromstring(answer.content).iter(f"{DAV}response"):
            todo = _todo(response.findtext(f".//{CALENDAR_DATA}") or "")
            due = todo.get("DUE")
            card = Card(
                title=str(todo["SUMMARY"]),
                text=str(todo.get("DESCRIPTION", "")),
                due=due.dt if due else None,
                done=todo.get("STATUS") == "COMPLETED",
                ref=(response.findtext(f"{DAV}href") or "").rpartition("/")[2],
                version=response.findtext(f".//{DAV}getetag") or "",
            )
            found[card.title] = card
        return found

    def tick(self, title: str) -> None:
        """Say that a task is done."""
        now = datetime.now(UTC)
        self._change(title, {"STATUS": "COMPLETED", "COMPLETED": now, "PERCENT-COMPLETE": 100}, now)

    def put_off(self, title: str, due: datetime, when: datetime) -> None:
        """Give a task another due date, and say `when` that was done."""
        self._change(title, {"DUE": due}, when)

    def _change(self, title: str, values: Mapping[str, object], when: datetime) -> None:
        ref = self.cards()[title].ref
        answer = self.ask("GET", ref)
        calendar = Calendar.from_ical(answer.content)
        (todo,) = calendar.walk("VTODO")
        for name, value in {**values, "LAST-MODIFIED": when, "DTSTAMP": when}.items():
            todo.pop(name, None)
            todo.add(name, value)
        headers = {"If-Match": answer.headers["ETag"], "Content-Type": "text/calendar"}
        self.ask("PUT", ref, body=calendar.to_ical().decode(), headers=headers)


def _todo(text: str) -> Component:
    (todo,) = Calendar.from_ical(text).walk("VTODO")
    return todo


class Wiki:
    """Somebody with a text editor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cards(self) -> dict[str, Card]:
        """Every page by title."""
        found: dict[str, Card] = {}
        for page in self.folder.glob("*.md"):
            _before, front, text = page.read_text("utf-8").split("---\n", 2)
            said = yaml.safe_load(front)
            card = Card(
                title=str(said["title"]),
                text=text.strip(),
                due=said.get("due"),
                done=bool(said.get("done")),
                ref=str(page),
                version=str(page.stat().st_mtime_ns),
                archived=bool(said.get("archived")),
            )
            found[card.title] = card
        return found

    def rewrite(self, title: str, old: str, new: str) -> None:
        """Replace some words of a page."""
        page = Path(self.cards()[title].ref)
        page.write_text(page.read_text("utf-8").replace(old, new), "utf-8")


class Drive(Server):
    """A person with the shared files: WebDAV."""

    def __init__(self, settings: Mapping[str, Plain], folder: str) -> None:
        super().__init__(f"{settings['url']}{folder}/")
        self._session.auth = HTTPBasicAuth(str(settings["user"]), str(settings["password"]))

    def make(self, folder: str = "") -> None:
        """Make a folder."""
        self.ask("MKCOL", folder)

    def write(self, name: str, text: str) -> None:
        """Save a file."""
        self.ask("PUT", name, body=text)

    def files(self) -> dict[str, str]:
        """Path -> text of every file."""
        return {name: self.ask("GET", name).content.decode() for name in self.versions()}

    def versions(self) -> dict[str, str]:
        """Path -> what changes whenever anybody writes."""
        answer = self.ask("PROPFIND", headers={"Depth": "infinity"})
        home = unquote(urlsplit(self.url).path)
        found: dict[str, str] = {}
        for response in fromstring(answer.content).iter(f"{DAV}response"):
            path = unquote(urlsplit(response.findtext(f"{DAV}href") or "").path)
            if not path.endswith("/"):
                found[path.removeprefix(home)] = response.findtext(f".//{DAV}getetag") or ""
        return found


class Desk:
    """Somebody with a folder on their own computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        """Save a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def files(self) -> dict[str, str]:
        """Path -> text of every file."""
        return {name: (self.folder / name).read_text("utf-8") for name in self.versions()}

    def versions(self) -> dict[str, str]:
        """Path -> what changes whenever anybody writes."""
        paths = (path for path in self.folder.rglob("*") if path.is_file())
        shown = {path: path.relative_to(self.folder) for path in paths}
        return {
            str(name): str(path.stat().st_mtime_ns)
            for path, name in shown.items()
            if not any(part.startswith(".") for part in name.parts)
        }
