"""`init`: from an account to settings and a first mapping, in the member's own words."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer
import yaml

from sync import beginning, i18n, registry
from sync.account import Grants, Guides, Offer, Question
from sync.app import configure, connected, look
from sync.beginning import SECRETS, SETTINGS
from sync.cli.session import Session, session
from sync.connector import Connector, Tools
from sync.errors import ConfigError, Unauthorized
from sync.i18n import _
from sync.log import scrub
from sync.model import Plain
from sync.settings import load

ATTEMPTS = 3
"""Times that something is asked before we give up."""
NOTES = "notes"
"""The system that the first mapping copies to: a folder beside the settings."""


def add(app: typer.Typer) -> None:
    """Add this command."""
    app.command(help=_("Begin: sign in to a system, and write settings and a first mapping."))(init)


def init(
    context: typer.Context,
    connector: Annotated[str, typer.Argument(help=_("The connector: trello."))] = "trello",
    url: Annotated[
        str | None, typer.Option(help=_("Another server than the usual one, as a sandbox."))
    ] = None,
) -> None:
    """Ask, check and write. Overwrites nothing, and shows no secret."""
    at = session(context)
    file = (at.config or Path(SETTINGS)).absolute()
    kind = _guided(connector)
    keys = _keys(kind)
    secrets = {key: f"{SECRETS}/{connector}-{key}" for key in keys}
    beginning.vacant(file.parent, [file.name, *secrets.values()])
    if not sys.stdin.isatty():
        raise ConfigError(_("this asks questions: run it at a terminal"))
    answers, found = _signed_in(at, kind, connector, url)
    try:
        offer = _chosen(at, found.offers() if isinstance(found, Guides) else [])
    finally:
        found.close()
    name = beginning.slug(offer.title)
    section: dict[str, Plain] = {"connector": connector, **({"url": url} if url else {})}
    section |= {key: {"file": secrets[key]} for key in answers}
    files = {
        f"mappings/{name}.yaml": _mapping(connector, kind, offer, name),
        file.name: _settings({connector: section}),
    }
    (file.parent / NOTES).mkdir(exist_ok=True)
    beginning.write(file.parent, files, {secrets[key]: said for key, said in answers.items()})
    _checked(file)
    _tell(at, [*secrets.values(), *files])


def _guided(connector: str) -> type[Connector]:
    kind = registry.connector(connector)
    if not isinstance(kind, Guides):
        raise ConfigError(
            _(
                "{connector} has no guide: write its settings as docs/reference/connectors.md says"
            ).format(connector=connector)
        )
    return kind


def _keys(kind: type[Connector]) -> list[str]:
    """The keys that will be asked for."""
    known: dict[str, str] = {}
    while question := _question(kind, known, None):
        known[question.key] = ""
    return list(known)


def _question(kind: type[Connector], known: Mapping[str, str], url: str | None) -> Question | None:
    return kind.question(known, url) if isinstance(kind, Guides) else None


def _signed_in(
    at: Session, kind: type[Connector], name: str, url: str | None
) -> tuple[dict[str, str], Connector]:
    """What was answered, and the account that it leads to."""
    for _turn in range(ATTEMPTS):
        answers: dict[str, str] = {}
        while question := _question(kind, answers, url):
            at.say(question.says)
            answers[question.key] = _answer(at, question)
        scrub.learn(answers.values())
        said = {"connector": name, **({"url": url} if url else {}), **answers}
        found = kind(kind.settings_type.model_validate(said), Tools(name, language=i18n.language()))
        if _welcome(at, found):
            return answers, found
        found.close()
        scrub.forget()  # the key is shown once more, in an address
    raise ConfigError(_("nothing was written"))


def _answer(at: Session, question: Question) -> str:
    """One answer, typed unseen."""
    prompt = _("{key} (nothing is shown while you paste it): ").format(key=question.key)
    for _turn in range(ATTEMPTS):
        try:
            said = getpass(prompt).strip()
        except EOFError as error:
            raise typer.Abort from error
        if re.fullmatch(question.form, said):
            return said
        at.say(_("that does not look like it: look at the page once more"), "yellow")
    raise ConfigError(_("nothing was written"))


def _welcome(at: Session, found: Connector) -> bool:
    """Whether the account may do what is needed, and until when; both are told."""
    if not isinstance(found, Grants):
        return True
    try:
        grant = found.grant([])
    except Unauthorized as error:
        at.say(_("it was not accepted: {reason}").format(reason=error), "red")
        return False
    if not grant.writes:
        at.say(_("the token may only read: grant one that may write, too"), "red")
        return False
    if grant.expires:
        said = _("accepted, until {day}: `jumelage status` tells you two weeks before")
        at.say(said.format(day=f"{grant.expires:%Y-%m-%d}"), "green")
    else:
        at.say(_("accepted; it holds until you take it back"), "green")
    return True


def _chosen(at: Session, offers: list[Offer]) -> Offer:
    if not offers:
        raise ConfigError(_("this account sees nothing to begin with: share a board with it"))
    for number, offer in enumerate(offers, 1):
        name = f"  ({offer.name})" if offer.name != offer.title else ""
        at.say(f"{number:3}  {offer.title}{name}")
    for _turn in range(ATTEMPTS):
        number = typer.prompt(_("Which one first? Its number"), type=str, default="1")
        if number.strip().isdecimal() and 1 <= int(number) <= len(offers):
            return offers[int(number) - 1]
    raise ConfigError(_("nothing was written"))


def _mapping(system: str, kind: type[Connector], offer: Offer, folder: str) -> str:
    """A mapping that copies, and writes nothing to the system until somebody wants it."""
    kinds = kind.words[offer.word].kinds or ("card",)
    said: Plain = {
        "kind": kinds[0],
        "sides": {
            system: {offer.word: offer.name},
            NOTES: {"folder": folder, "direction": "from-hub"},
        },
    }
    above = _(
        "As long as `direction: from-hub` stands here, the folder is a copy and nothing is\n"
        "written to the board. Take it out, and what is edited in the folder goes there, too.\n"
        "Other systems: name them in the settings, and add a side for each."
    )
    return _commented(above) + _yaml(said)


def _settings(systems: Mapping[str, Plain]) -> str:
    said: Plain = {
        "systems": {**systems, NOTES: {"connector": "folder", "path": NOTES}},
        "timezone": beginning.zone(),
        "language": i18n.language(),
    }
    above = _("Written by `jumelage init`. No secret stands here, only where each is kept.")
    return _commented(above) + _yaml(said)


def _commented(text: str) -> str:
    return "".join(f"# {line}\n" for line in text.splitlines())


def _yaml(data: Plain) -> str:
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    return text


def _checked(file: Path) -> None:
    """As `jumelage check` does. Raises `Faulty`."""
    configuration = configure(load(file))
    with connected(configuration) as connectors:
        configuration.check(look(configuration.spots, connectors))


def _tell(at: Session, written: list[str]) -> None:
    at.say(_("written, and checked: {files}").format(files=", ".join(written)), "green")
    at.say(
        _(
            "Next: `jumelage plan` shows what would be done, `jumelage sync` does it.\n"
            "In a service, hand the secrets over by systemd: docs/how-to/service.md"
        )
    )
