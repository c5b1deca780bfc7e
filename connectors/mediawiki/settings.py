"""What an admin says about one MediaWiki."""

from __future__ import annotations

from pydantic import SecretStr

from sync.connector import SystemSettings


class MediaWikiSettings(SystemSettings):
    """One account with a bot password (Special:BotPasswords): edit, create, delete, high volume."""

    connector: str = "mediawiki"
    url: str
    """The address of `api.php`."""
    user: str
    """The login name of the bot password: `Account@name`."""
    password: SecretStr
    maxlag: int = 5
    """Seconds of replication lag above which the wiki is left alone; see Manual:Maxlag."""
