"""DokuWiki: pages, and any record as a page, over its remote API."""

from connectors.dokuwiki.connector import DokuWiki
from connectors.dokuwiki.settings import DokuWikiSettings

__all__ = ["DokuWiki", "DokuWikiSettings"]
