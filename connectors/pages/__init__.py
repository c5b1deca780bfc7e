"""Records as wiki pages that people read and edit, in any wiki dialect.

A *sheet* is a page that holds any record: its heading is the title, and a marked
block lists one property a line. A *plain page* is a title and raw wiki text. Both are
patched in place: whatever people wrote beside the values stays byte for byte.
"""

from connectors.pages.dialects import DOKUWIKI, MEDIAWIKI, Dialect
from connectors.pages.plain import PlainPage
from connectors.pages.sheet import Broken, Sheet

__all__ = ["DOKUWIKI", "MEDIAWIKI", "Broken", "Dialect", "PlainPage", "Sheet"]
