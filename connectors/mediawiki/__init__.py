"""MediaWiki: pages, and any record as a page, over the Action API."""

from connectors.mediawiki.connector import MediaWiki
from connectors.mediawiki.settings import MediaWikiSettings

__all__ = ["MediaWiki", "MediaWikiSettings"]
