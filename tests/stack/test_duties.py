"""What a story obliges somebody to do, and what mends a weakness, in its sources' words."""

from __future__ import annotations

import pytest

from digest.edition.stack.duties import find_fix
from tests.factories.stories import story


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Bolt announced release 7.0.3 to fix twelve weaknesses.", True),
        ("The flaw affects all versions up to 2.8.7.", True),
        ("Versionen vor 3.1 sind betroffen.", True),
        ("Bolt fixes letters every day.", False),
        ("Version 4.2 brings a calendar.", False),
    ],
)
def test_a_weakness_names_its_versions(said: str, *, told: bool) -> None:
    found = find_fix(story("A weakness in Bolt", summary=said))
    assert (found.text if found else "") == (said if told else "")
