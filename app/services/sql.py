"""Small pieces of SQL that the queries of every area share."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from typing import cast as cast_type

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Select,
    Table,
    TableClause,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums import Party, Role
from app.models import Division, Membership, User, Wait

NOW = bindparam("now", type_=DateTime(timezone=True))
TODAY = bindparam("today", type_=Date)
AS_OF = bindparam("as_of", type_=DateTime(timezone=True))


@cache
def _columns_of(model: type[DeclarativeBase]) -> TableClause:
    whole = cast_type(Table, model.__table__)
    return table(whole.name, *(column(each.name, each.type) for each in whole.c))


def alias(model: type[DeclarativeBase], name: str | None = None) -> FromClause:
    """A model's table under a name of its own, so that it can stand in a statement more than once.

    It has the columns alone. An alias of the whole table copies each foreign key and listens to it, which makes up a third
    of the time in which a statement is put together, and of the memory that the statements of all areas take.
    """
    return _columns_of(model).alias(name)


def as_json(statement: Select[Any], *keys: str) -> Select[Any]:
    """Each row as one JSON object in the column `json`, beside the columns `keys` kept as they are.

    A kept column whose name begins with `_` stays out of the JSON.
    """
    row = statement.subquery("row")
    shown = [column.key for column in row.c if not column.key.startswith("_")]
    kept = [row.c[key].label(key.removeprefix("_")) for key in keys]
    if len(shown) == len(row.c):
        return select(_row_to_json("row"), *kept).select_from(row)
    # Named in full, so that the columns come from the row beside them and not from a second one.
    shape = select(*[literal_column(f'"row"."{key}"').label(key) for key in shown]).lateral("shape")
    return select(_row_to_json("shape"), *kept).select_from(row.join(shape, literal_column("true")))


def _row_to_json(name: str) -> ColumnElement[str]:
    return func.row_to_json(literal_column(f'"{name}"')).cast(Text).label("json")


def only(statement: Select[Any], names: Collection[str]) -> Select[Any]:
    """The statement with `only` the columns of these names, in their order; with all where none is named."""
    return (
        statement.with_only_columns(*(statement.selected_columns[name] for name in names))
        if names
        else statement
    )


def written(table: FromClause, names: Iterable[str]) -> dict[str, ColumnElement[Any]]:
    """What an insert or update writes into these columns: the parameters of their names."""
    return {name: bindparam(name, type_=table.c[name].type) for name in names}


def const(word: str) -> ColumnElement[str]:
    """A word of ours (a state, a kind) written into the statement, not sent as a parameter each time."""
    if not word.replace("_", "").replace(".", "").isalnum():
        raise ValueError(f"not a plain word: {word!r}")
    return literal_column(f"'{word}'", Text)


def obj(**members: Any) -> ColumnElement[Any]:
    """A JSON object of these members, in this order."""
    parts: list[Any] = []
    for name, value in members.items():
        parts += [const(name), value]
    return func.json_build_object(*parts)


def ordered(item: ColumnElement[Any], *order: ColumnElement[Any]) -> ColumnElement[Any]:
    """An aggregate's argument with its order."""
    return aggregate_order_by(item, *order)


def listed(item: ColumnElement[Any], *order: ColumnElement[Any]) -> ColumnElement[Any]:
    """All items as a JSON array in this order; an empty array where there is none."""
    return func.coalesce(func.json_agg(ordered(item, *order)), literal_column("'[]'::json"))


def person(user_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """A person by name, or null."""
    user = alias(User)
    return (
        select(obj(id=user.c.id, name_ar=user.c.name_ar, name_en=user.c.name_en))
        .where(user.c.id == user_id)
        .scalar_subquery()
    )


def ref(table: FromClause) -> ColumnElement[Any]:
    """A joined thing by id, code and names; null where an outer join found none."""
    return case(
        (
            table.c.id.is_not(None),
            obj(id=table.c.id, code=table.c.code, name_ar=table.c.name_ar, name_en=table.c.name_en),
        )
    )


def ref_by_id(table: FromClause, id_: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The same, looked up by id."""
    aliased = table.alias()
    return select(ref(aliased)).where(aliased.c.id == id_).scalar_subquery()


def named(kind: str, table: FromClause, code: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a line of figures is about, by kind, id, code and names; null where an outer join found none."""
    shown = obj(kind=const(kind), id=table.c.id, code=code, name_ar=table.c.name_ar, name_en=table.c.name_en)
    return case((table.c.id.is_not(None), shown))


def count(model: type[DeclarativeBase], parent: str, id_: ColumnElement[Any]) -> ScalarSelect[Any]:
    """How many rows of a child table a thing has: those whose column `parent` is its id."""
    t = alias(model)
    return select(func.count()).select_from(t).where(t.c[parent] == id_).scalar_subquery()


def share(part: ColumnElement[Any], whole: ColumnElement[Any]) -> ColumnElement[Any]:
    """A fraction of 0 to 1 with four decimals; null of nothing."""
    return func.round(cast(part, Numeric) / func.nullif(whole, literal_column("0")), literal_column("4"))


def in_force(table: FromClause, moment: ColumnElement[Any] = NOW) -> ColumnElement[bool]:
    """Whether an interval [starts_at, ends_at) holds the moment: by default `now`."""
    return and_(table.c.starts_at <= moment, or_(table.c.ends_at.is_(None), table.c.ends_at > moment))


def delegation_stands(d: FromClause) -> ColumnElement[bool]:
    """Whether a delegation holds now: its giver is active and in the post, its receiver active and still a
    specialist of the entity. `people.actor` asks the same of the person who makes a request."""
    giver, receiver = alias(Membership), alias(Membership)
    post: Select[Any] = select(literal_column("1")).where(
        giver.c.user_id == d.c.delegator_id, d.c.party == any_(giver.c.parties), in_force(giver)
    )
    specialist: Select[Any] = select(literal_column("1")).where(
        receiver.c.user_id == d.c.delegate_id,
        receiver.c.entity_id == d.c.entity_id,
        receiver.c.role == const(Role.SPECIALIST),
        in_force(receiver),
    )
    return and_(
        in_force(d), is_active(d.c.delegator_id), is_active(d.c.delegate_id), exists(post), exists(specialist)
    )


def is_active(user_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a person is not blocked."""
    user = alias(User)
    found: Select[Any] = select(literal_column("1")).where(user.c.id == user_id, user.c.is_active)
    return exists(found)


def party_key(name: str, id_: ColumnElement[Any]) -> ColumnElement[str]:
    """The party key of this name for an id, as `parties.party_key` writes it: `manager:<entity id>`."""
    return func.concat(literal_column(f"'{name}:'"), id_)


def party_name(party: ColumnElement[Any]) -> ColumnElement[Any]:
    """The name in a party key: `planning` of `planning:<entity id>`."""
    return func.split_part(party, literal_column("':'"), literal_column("1"))


def party_division(party: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The division that a party key names, or null."""
    division = alias(Division)
    return (
        select(ref(division))
        .where(
            division.c.id
            == case(
                (
                    or_(party_name(party) == const("division"), party_name(party) == const("division_head")),
                    cast(func.split_part(party, literal_column("':'"), literal_column("2")), Uuid),
                )
            )
        )
        .scalar_subquery()
    )


def awaiting(subject_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The open waits of a subject as a JSON array, the party that the chain names first in front."""
    wait = alias(Wait)
    item = obj(
        party=party_name(wait.c.party),
        division=party_division(wait.c.party),
        action=wait.c.action,
        substitute=wait.c.rank > literal_column("0"),
        since=wait.c.opened_at,
        due=wait.c.due,
    )
    return (
        select(listed(item, wait.c.rank))
        .where(wait.c.subject_id == subject_id, wait.c.closed_at.is_(None))
        .scalar_subquery()
    )


def awaiting_or_head(
    subject_id: ColumnElement[Any],
    nobody_left: ColumnElement[bool],
    *,
    action: ColumnElement[str],
    since: ColumnElement[Any],
    due: ColumnElement[Any] | None = None,
) -> ColumnElement[Any]:
    """The same, and behind them the head where four eyes leaves nobody else. `action`: what the head is awaited to do."""
    head = func.json_build_array(
        obj(
            party=const(Party.HEAD),
            division=null(),
            action=action,
            substitute=true(),
            since=since,
            due=null() if due is None else due,
        )
    ).cast(JSONB)
    exception = case((nobody_left, head), else_=func.jsonb_build_array())
    return (awaiting(subject_id).cast(JSONB) + exception).cast(JSON)


def contains_words(search_key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a folded key contains every word of the parameter `q`, as an Arabic reader expects.

    The words are folded like the key; LIKE's own signs in them stand for themselves. The article of a word,
    with what is written to it (وال، بال، كال، فال، لل), is not looked for: who asks for الوظائف finds وظائف.
    """
    escaped = func.regexp_replace(
        func.fold(bindparam("q", type_=Text)),
        literal_column(r"'([\\%_])'"),
        literal_column(r"'\\\1'"),
        literal_column("'g'"),
    )
    words = func.regexp_split_to_table(func.btrim(escaped), literal_column(r"'\s+'")).column_valued("word")
    bare = func.regexp_replace(
        words, literal_column(r"'^(وال|بال|كال|فال|لل|ال)(?=.{3})'"), literal_column("''")
    )
    patterns = select(literal_column("'%'").op("||")(bare).op("||")(literal_column("'%'"))).scalar_subquery()
    return search_key.like(all_(patterns))
