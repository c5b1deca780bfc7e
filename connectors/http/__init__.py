"""The one door to HTTP: retries, rate budget, body caps, redirects, redaction, error mapping.

Connectors speak to their system through `Http` and nothing else, so that what one
connector learned about bad networks and bad servers holds for all of them.
"""

from connectors.http.answer import Response
from connectors.http.budget import Budget
from connectors.http.client import Http
from connectors.http.quota import Quota, Window

__all__ = ["Budget", "Http", "Quota", "Response", "Window"]
