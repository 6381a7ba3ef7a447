"""The columns that a query selects are the fields that its model promises, in both directions."""

import pytest
from pydantic import BaseModel
from sqlalchemy import Select, TextClause

from app.db import Query
from app.schemas.inbox import InboxItem
from app.schemas.indicators import IndicatorItem, IndicatorRead
from app.schemas.reopenings import ReopeningItem, ReopeningRead
from app.schemas.results import HistoryItem, ResultItem, ResultRead
from app.services.inbox import queries as inbox
from app.services.indicators import queries as indicators
from app.services.reopenings import queries as reopenings
from app.services.results import history
from app.services.results import queries as results

NOTHING = frozenset[str]()
CASES: list[tuple[Query, type[BaseModel]]] = [
    (results._ONE, ResultRead),
    (results._AS_OF, ResultRead),
    (results._list(NOTHING, after=False), ResultItem),
    (results._list(frozenset({"as_of", "state"}), after=True), ResultItem),
    (history._HISTORY, HistoryItem),
    (history._HISTORY_AFTER, HistoryItem),
    (reopenings._ONE, ReopeningRead),
    (reopenings._list(NOTHING, after=False), ReopeningItem),
    (indicators._ONE, IndicatorRead),
    (indicators._list(NOTHING, "sort_ar", after=False), IndicatorItem),
    (inbox._FIRST, InboxItem),
    (inbox._AFTER, InboxItem),
]


def _shown(query: Query) -> list[str]:
    """The names in the JSON of a row: the columns of the subquery, without those kept for ourselves."""
    statement = query.statement
    assert isinstance(statement, Select)
    assert not isinstance(statement, TextClause)
    rows = [source for source in statement.get_final_froms() if hasattr(source, "left")]
    row = rows[0].left if rows else statement.get_final_froms()[0]
    return [column.key for column in row.c if not column.key.startswith("_")]


@pytest.mark.parametrize(
    ("query", "model"), CASES, ids=[f"{n} {model.__name__}" for n, (_, model) in enumerate(CASES)]
)
def test_the_selected_columns_are_the_fields_of_the_model(query: Query, model: type[BaseModel]) -> None:
    shown = _shown(query)
    assert len(shown) == len(set(shown))
    # `actions` differ by person and are added to the bytes.
    assert set(shown) == set(model.model_fields) - {"actions"}


def test_no_answer_has_a_default() -> None:
    """What is empty is said to be null; a default would hide a column that is missing."""
    for _, model in CASES:
        for name, field in model.model_fields.items():
            assert field.is_required(), f"{model.__name__}.{name}"
        assert model.model_config.get("extra") == "forbid"
