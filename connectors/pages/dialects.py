"""What the wikis' markups differ in, as far as a page of ours needs it.

Sources: the wikis' own lexers (DokuWiki `inc/Parsing/ParserMode`, MediaWiki
`includes/parser`). A `<nowiki>` element is literal in both. DokuWiki has no comments,
so its block is marked by a small link; MediaWiki's by comments. A text stands in
`<code>` there and in `<pre>` here; MediaWiki decodes entities within, DokuWiki does
not, so there `</code` is kept apart by a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SAFE = re.compile(r"(?:[^\W_]|[ ,.;:!?()/@+°€%…’'«»\"–—#=_$§·•\[\]-]|[^\x00-\xff])*")  # noqa: RUF001 - what people type
LINK = re.compile(r"https?://[\w./?=#%+:@,;~-]*[\w/]")
ZONED = re.compile(r"[0-9T:.Z+-]+\[[A-Za-z_/+-]+\]")
"""A moment with its zone (RFC 9557)."""


@dataclass(frozen=True)
class Dialect:
    """One wiki's markup."""

    name: str
    heading: str
    """A first-level heading, with `{}` for its text."""
    top: re.Pattern[str]
    """A first-level heading on a line of its own."""
    any_heading: re.Pattern[str]
    begin: str
    begins: re.Pattern[str]
    end: str
    ends: re.Pattern[str]
    item: str
    """One property, with `{}` for its name."""
    items: re.Pattern[str]
    """Matches a property's line: its name and the cell after it."""
    sub: str
    subs: re.Pattern[str]
    """One element of the list that the line above begins."""
    tag: str
    """The element that holds a text verbatim."""
    live: re.Pattern[str]
    """What the wiki would not show as it was typed."""
    quote: Callable[[str], str]
    """Make a text safe inside `tag`."""
    unquote: Callable[[str], str]
    """Its inverse."""
    entities: bool
    """`<nowiki>` shows entities as the characters they stand for."""
    heading_markup: bool
    """Headings may hold `<nowiki>`."""

    def quiet(self, text: str) -> str:
        """The text so that the wiki shows it as it is, if it can; see `bare`."""
        return text if self._harmless(text) else self.nowiki(text)

    def nowiki(self, text: str) -> str:
        """The text in a literal element."""
        if self.entities:
            text = text.replace("&", "&amp;").replace("<", "&lt;")
        return f"<nowiki>{text}</nowiki>"

    def bare(self, cell: str) -> str:
        """The text of a cell, without the literal element around it."""
        if not (cell.startswith("<nowiki>") and cell.endswith("</nowiki>")):
            return cell
        text = cell[len("<nowiki>") : -len("</nowiki>")]
        if "</nowiki>" in text:
            return cell
        return decoded(text) if self.entities else text

    def block(self, text: str) -> str:
        """The text verbatim in its element, on lines of their own."""
        return f"<{self.tag}>\n{self.quote(text)}\n</{self.tag}>\n"

    def _harmless(self, text: str) -> bool:
        if LINK.fullmatch(text) or ZONED.fullmatch(text):
            return True
        return bool(SAFE.fullmatch(text)) and not self.live.search(text)


def decoded(text: str) -> str:
    """The text with the entities decoded that `quote` may have made."""
    names = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
    return re.sub("&(?:lt|gt|amp);", lambda m: names[m[0]], text)


def _encoded(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _apart(text: str) -> str:
    return re.sub(r"<(\\*)/(code)", r"<\\\1/\2", text, flags=re.IGNORECASE)


def _together(text: str) -> str:
    return re.sub(r"<\\(\\*)/(code)", r"<\1/\2", text, flags=re.IGNORECASE)


NAME = r"[^\W_][\w .-]{0,80}?"

DOKUWIKI = Dialect(
    name="dokuwiki",
    heading="====== {} ======",
    top=re.compile(r"[ \t]*={6,}(?!=)[ \t]*([^\n]*?[^\n= \t])[ \t]*={2,}[ \t]*"),
    any_heading=re.compile(r"[ \t]*={2,}(?!=)[ \t]*([^\n]*?[^\n= \t])[ \t]*={2,}[ \t]*"),
    begin="[[#jumelage|↻]]",
    begins=re.compile(r"\s*\[\[\s*#jumelage\s*(?:\|[^\]\n]*)?\]\]\s*"),
    end="[[#jumelage-end|↻]]",
    ends=re.compile(r"\s*\[\[\s*#jumelage-end\s*(?:\|[^\]\n]*)?\]\]\s*"),
    item="  * **{}**:",
    items=re.compile(rf"(?: {{2,3}}|\t)[*-] *\*\*({NAME})\s*:?\*\*\s*:?[ \t]*(.*)"),
    sub="    * ",
    subs=re.compile(r"(?: {4,}|\t\t+)[*-] *(.*)"),
    tag="code",
    live=re.compile(
        r"\*\*|//|__|''|\[\[|\]\]|\(\(|~~|--|\.\.\.|[(<][crtCRT]|\d[xX]\d|[@%#]{2}|:\S|;\S|8-|\"|'"
    ),
    quote=_apart,
    unquote=_together,
    entities=False,
    heading_markup=False,
)

MEDIAWIKI = Dialect(
    name="mediawiki",
    heading="= {} =",
    top=re.compile(r"=(?!=)\s*([^\n]*?[^\n=\s])\s*=[ \t]*"),
    any_heading=re.compile(r"(?:={1,6})(?!=)\s*([^\n]*?[^\n=\s])\s*={1,6}[ \t]*"),
    begin="<!-- jumelage -->",
    begins=re.compile(r"\s*<!--\s*jumelage\s*-->\s*"),
    end="<!-- /jumelage -->",
    ends=re.compile(r"\s*<!--\s*/\s*jumelage\s*-->\s*"),
    item="* '''{}''':",
    items=re.compile(rf"\*[ \t]*'''({NAME})\s*:?'''\s*:?[ \t]*(.*)"),
    sub="** ",
    subs=re.compile(r"\*\*[ \t]*(.*)"),
    tag="pre",
    live=re.compile(r"''|\[\[|\]\]|\[(?:\w+:|//)|__|~~~|^[ :;#*=-]|=$|\b(?:ISBN|RFC|PMID) \d"),
    quote=_encoded,
    unquote=decoded,
    entities=True,
    heading_markup=True,
)
