"""Nextcloud: the files, calendars and task lists of one account.

`calendars` and `files` are CalDAV and WebDAV with what is Nextcloud's own; `connector`
puts them together under one sign-in.
"""

from connectors.nextcloud.connector import Nextcloud, NextcloudSettings

__all__ = ["Nextcloud", "NextcloudSettings"]
