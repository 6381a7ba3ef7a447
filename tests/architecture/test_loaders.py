"""Each kind of thing that others speak of can be loaded for who asks."""

from collections.abc import Iterable

import pytest

from app.services import loaders
from app.services.challenges import subjects as challenged
from app.services.evidence import subjects as evidenced
from app.services.inbox import kinds as awaited
from app.services.path_runs import firing as walking


@pytest.mark.parametrize(
    "kinds",
    [awaited.KINDS, challenged.KINDS, evidenced.KINDS, walking.WALKING],
    ids=["awaited", "challenged", "evidenced", "walking"],
)
def test_each_kind_is_loaded(kinds: Iterable[str]) -> None:
    assert set(kinds) <= set(loaders.LOADS)
