"""What passed between a connector and a real server, to be played back with one fault in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.wire.faults import Fault
from tests.wire.line import Act, Asked, Told, answer, forward

WRITES = {"PUT", "POST", "DELETE", "MOVE", "COPY", "PROPPATCH", "PATCH"}
REFUSED = 400
"""From here on, a status says that nothing was done."""
RPC = re.compile(rb"<methodName>([\w.]+)</methodName>|\"method\": ?\"([\w.]+)\"")
SAVING = {"wiki.putPage", "core.savePage"}
PAGE = re.compile(r"<string>[^<]*</string>|\"page\": ?\"[^\"]*\"")


def key(asked: Asked) -> str:
    """What a request is about, whatever moment or nonce it bears."""
    if _path(asked).endswith(("xmlrpc.php", "jsonrpc.php")):
        found = RPC.search(asked.body)
        name = (found[1] or found[2]).decode() if found else ""
        about = asked.body.decode(errors="replace")
        return f"{name} {PAGE.search(about)[0] if name in SAVING else about}"
    if _path(asked).endswith("api.php"):
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        return asked.body.decode() if form["action"] == "query" else f"action={form['action']}"
    if asked.method == "GET":
        return f"GET {asked.path}"
    name = re.match(rb"(?:<\?xml[^>]*>)?\s*<([\w:-]+)", asked.body)
    about = name[1].decode() if name else ""
    return f"{asked.method} {_path(asked)} {about} {asked.headers.get('depth', '')}".strip()


def _path(asked: Asked) -> str:
    return asked.path.split("?")[0]


def writes(asked: Asked) -> bool:
    """Whether a request changes something that people see."""
    if _path(asked).endswith("rpc.php"):
        return key(asked).split()[0] in SAVING
    if _path(asked).endswith("api.php"):
        return key(asked) in {"action=edit", "action=delete"}
    return asked.method in WRITES


@dataclass
class Tape:
    """Everything that was asked and told, in its order."""

    asked: list[Asked] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    mark: int = 0
    """Where the operation itself began, after signing in."""

    def recorder(self, port: int):
        def record(asked: Asked) -> Iterable[Act]:
            told = forward(port, asked)
            self.asked.append(asked)
            self.told.append(told)
            yield told.raw(head_only=asked.method == "HEAD")

        return record

    @property
    def effects(self) -> list[Asked]:
        """The writes of the operation itself that the server did not refuse."""
        return [
            self.asked[at]
            for at in self.steps
            if writes(self.asked[at]) and self.told[at].status < REFUSED
        ]

    @property
    def steps(self) -> range:
        """The exchanges of the operation itself."""
        return range(self.mark, len(self.asked))


@dataclass
class Replay:
    """Plays a tape back; the exchange number `at` meets the fault, the first `times` times."""

    tape: Tape
    at: int
    fault: Fault
    times: int = 1 << 30
    met: int = 0
    done: list[Asked] = field(default_factory=list)
    """The writes that had an effect, whether the server answered or not."""
    _served: Counter[str] = field(default_factory=Counter)

    def __call__(self, asked: Asked) -> Iterable[Act]:
        name = key(asked)
        known = [i for i, one in enumerate(self.tape.asked) if key(one) == name]
        if not known:
            return [answer(503, b"not on the tape")]
        index = known[min(self._served[name], len(known) - 1)]
        told = self.tape.told[index]
        meets = index == self.at and self.met < self.times
        if writes(asked) and told.status < REFUSED and (self.fault.effect or not meets):
            self.done.append(asked)
        if not meets or (writes(asked) and self.fault.effect):
            self._served[name] += 1
        if meets:
            self.met += 1
            return self.fault.acts(told)
        return [told.raw(head_only=asked.method == "HEAD")]

    @property
    def doubled(self) -> list[str]:
        """The writes that had their effect more often than while nothing was wrong."""
        usual = self.tape.effects
        several = {name for name, n in Counter(map(key, usual)).items() if n > 1}

        def about(asked: Asked) -> tuple[str, bytes]:
            # Requests of one name are told apart by what they say. What says when it was
            # written is different each time, and is sent once.
            return key(asked), asked.body if key(asked) in several else b""

        most, now = Counter(map(about, usual)), Counter(map(about, self.done))
        return [name for (name, body), n in now.items() if n > max(most[name, body], 1)]
