from __future__ import annotations

import pytest


@pytest.fixture
def _every_sentence_is_there_in_both_languages():
    """Here, sentences are said that no catalogue has."""
