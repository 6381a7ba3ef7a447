"""A scene, and the parts that those of every area are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID

from app import clock, ids
from tests.contract.service import ENTERER, UNIT_EDITOR, Service

Json = dict[str, Any]

_IDENTITY = (
    "entity_id, owner_assumed, division_id, name_ar, name_en, name_ar_translated, unit_ar, unit_en, polarity,"
    " confidence, verified"
)
_MADE = f"""
    with subject as (
        insert into subjects (id, kind, entity_id, created_at)
        select made.id, made.kind, i.entity_id, now()
        from indicators i, (values ($1::uuid, 'indicator'), ($2::uuid, 'definition')) as made(id, kind)
        where i.id = $4
    ), indicator as (
        insert into indicators (
            id, code, level, state, frequency, measure, in_scorecard, entered_by, shared, definition_id, {_IDENTITY}
        )
        select $1, $3, $5, 'active', 'monthly', 'value', false, 'owner', false, $2, {_IDENTITY}
        from indicators where id = $4
    ), definition as (
        insert into definitions (
            id, indicator_id, entity_id, number, state, method_ar, method_en, formula_ar, formula_en, source,
            decimals, aggregation, green_at, amber_at, recorded_at
        )
        select $2, $1, entity_id, 1, 'active', 'حصر إداري', 'A count of records', 'أ ÷ ب', 'a / b',
            'المركز الوطني للإحصاء والمعلومات', 1, 'last', 90, 70, now()
        from indicators where id = $4
    )
    insert into targets (definition_id, year, kind, value) values ($2, 2030, 'value', 40)
"""
"""One statement, for an indicator and its definition name each other."""


@dataclass(frozen=True)
class Scene:
    """Who asks, about what, and what a body or a query that refers to something would name.

    `known` takes the place of a valid value of the same name, wherever it stands; `needed` is what this
    scene's body cannot do without, and `unfit` what it cannot have. `alone`: nobody else may try it too. `file`:
    where the body is a file, one that is taken. `headers`: what those of a valid request say.
    """

    person: str | None
    id: str | None = None
    etag: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    needed: Mapping[str, Any] = field(default_factory=dict)
    unfit: tuple[str, ...] = ()
    alone: bool = False
    file: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Base:
    """The service, and what is there already."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._numbers = count(1)

    @cached_property
    def entities(self) -> dict[str, str]:
        """Ids by code."""
        items = self.service.read(UNIT_EDITOR, "/v1/entities?limit=200")["items"]
        return {item["code"]: item["id"] for item in items}

    @cached_property
    def divisions(self) -> dict[tuple[str, str], str]:
        """Ids by the codes of entity and division."""
        return {
            (code, item["code"]): item["id"]
            for code in ("MOL", "MOF")
            for item in self.service.read(UNIT_EDITOR, f"/v1/entities/{self.entities[code]}/divisions")[
                "items"
            ]
        }

    @cached_property
    def indicators(self) -> list[Json]:
        """Those of the ministry whose people act here."""
        listed = self.service.read(UNIT_EDITOR, f"/v1/indicators?limit=200&entity_id={self.entities['MOL']}")[
            "items"
        ]
        return [self.service.read(ENTERER, f"/v1/indicators/{item['id']}") for item in listed]

    @cached_property
    def indicator(self) -> Json:
        """One whose figures the entering person enters, plain numbers."""
        return next(
            found
            for found in self.indicators
            if "results.create" in found["actions"] and found["measure"] == "value"
        )

    @cached_property
    def other_indicator(self) -> Json:
        """One of the other ministry."""
        listed = self.service.read(UNIT_EDITOR, f"/v1/indicators?entity_id={self.entities['MOF']}")
        found: Json = listed["items"][0]
        return found

    def _monthly(self, like: Json | None = None, level: str = "main") -> str:
        """An active monthly indicator beside a shipped one, of the same division; it has no schedule."""
        made = ids.new()
        self.service.sql(
            _MADE,
            made,
            ids.new(),
            f"contract_monthly_{next(self._numbers)}",
            UUID((like or self.indicator)["id"]),
            level,
        )
        return str(made)

    def _user(self, name: str) -> str:
        return str(self.service.users[name])

    def _first(self, person: str, listed: str, **known: Any) -> Scene:
        return Scene(person, self.service.read(person, listed)["items"][0]["id"], known=known)

    def _seen(
        self,
        person: str,
        path: str,
        *,
        known: Mapping[str, Any] | None = None,
        needed: Mapping[str, Any] | None = None,
        unfit: tuple[str, ...] = (),
    ) -> Scene:
        """The thing under a path as the person sees it now."""
        needed = needed or {}
        unfit = tuple(name for name in unfit if name not in needed)
        return Scene(
            person, path.rpartition("/")[2], self.service.etag(person, path), known or {}, needed, unfit
        )

    def _letter(self, head_office: str) -> Json:
        """A letter of the head whose office records."""
        head = head_office.replace("head-office", "head")
        return {
            "decided_by_id": self._user(head),
            "letter_number": "12/2026",
            "letter_date": clock.today().isoformat(),
        }

    def _dates(self) -> Json:
        """Moments that fit each other."""
        now = datetime.now(UTC)
        return {
            "starts_at": (now + timedelta(minutes=5)).isoformat(),
            "ends_at": (now + timedelta(days=90)).isoformat(),
            "expires_at": (now + timedelta(days=90)).isoformat(),
            "expires_on": (now + timedelta(days=60)).date().isoformat(),
            "in_force_at": now.isoformat(),
        }
