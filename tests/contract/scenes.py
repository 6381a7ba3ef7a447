"""A scene for every operation: who may take it, on which thing, in which state, and what the body refers to.

A generated request knows only the contract. A scene lends it what only a running service knows (ids, ETags,
dates that mean something now), so that it gets past the first refusal. States are reached through the service
itself, by the demo's people.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count, product
from typing import Any
from uuid import UUID

from app import ids
from tests.contract.service import (
    ADMINISTRATOR,
    ENTERER,
    HEAD_OFFICE,
    LEAVER,
    LOCKED,
    MANAGER,
    OTHER_HEAD_OFFICE,
    OTHER_MANAGER,
    PASSWORD,
    PLANNER,
    SPECIALIST,
    TECHNICAL,
    UNIT_EDITOR,
    Service,
)

Json = dict[str, Any]

_COPIED = (
    "level, entity_id, owner_assumed, division_id, name_ar, name_en, name_ar_translated, unit_ar, unit_en,"
    " polarity, measure, decimals, confidence, verified, source"
)


@dataclass(frozen=True)
class Scene:
    """Who asks, about what, and what a body or a query that refers to something would name.

    `known` takes the place of a valid value of the same name, wherever it stands; `needed` is what this
    scene's body cannot do without, and `unfit` what it cannot have. `alone`: nobody else may try it too.
    """

    person: str | None
    id: str | None = None
    etag: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    needed: Mapping[str, Any] = field(default_factory=dict)
    unfit: tuple[str, ...] = ()
    alone: bool = False


class Stage:
    """Prepares scenes. One that is used up (a draft that was submitted) is made anew when it is wanted."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._scenes: dict[str, Scene] = {}
        self._numbers = count(1)

    def scene(self, operation_id: str) -> Scene:
        """The scene of an operation, which stands until it is used up."""
        if operation_id not in self._scenes:
            make: Callable[[], Scene] = getattr(self, f"_{operation_id}", self._any_reader)
            self._scenes[operation_id] = make()
        return self._scenes[operation_id]

    def use_up(self, operation_id: str) -> None:
        """The thing of the scene is no longer what it was."""
        self._scenes.pop(operation_id, None)

    # What is there already.

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
    def _vacant(self) -> Iterator[tuple[str, str]]:
        return self._months()

    def _months(self) -> Iterator[tuple[str, str]]:
        """Indicators and months without a figure: there are more requests than the shipped indicators have years."""
        for number in count(1):
            monthly = self._monthly(number)
            for year, month in product(range(1950, 2020), range(1, 13)):
                yield monthly, f"{year}-{month:02}"

    def _monthly(self, number: int) -> str:
        """A monthly indicator beside the shipped ones, of the same division."""
        made = ids.new()
        entity = UUID(self.entities["MOL"])
        self.service.sql(
            "insert into subjects (id, kind, entity_id, created_at) values ($1, 'indicator', $2, now())",
            made,
            entity,
        )
        self.service.sql(
            f"""
            insert into indicators (id, code, frequency, in_scorecard, {_COPIED})
            select $1, $2, 'monthly', false, {_COPIED} from indicators where id = $3
            """,
            made,
            f"contract_monthly_{number}",
            UUID(self.indicator["id"]),
        )
        return str(made)

    def _user(self, name: str) -> str:
        return str(self.service.users[name])

    # Reads.

    def _any_reader(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "indicator_id": self.indicator["id"]})

    def _of_entity(self) -> Scene:
        return Scene(MANAGER, self.entities["MOL"], known={"user_id": self._user(TECHNICAL)})

    _read_entity = _list_assignments = _list_delegations = _list_divisions = _list_memberships = _of_entity
    _list_role_plans = _read_role_plan_in_force = _of_entity

    def _list_decisions(self) -> Scene:
        return Scene(HEAD_OFFICE, self.entities["MOL"])

    def _first(self, person: str, listed: str, **known: Any) -> Scene:
        return Scene(person, self.service.read(person, listed)["items"][0]["id"], known=known)

    def _read_division(self) -> Scene:
        return Scene(MANAGER, self.divisions["MOL", "PLAN"])

    def _read_pillar(self) -> Scene:
        return self._first(MANAGER, "/v1/pillars")

    def _read_priority(self) -> Scene:
        return self._first(MANAGER, "/v1/priorities")

    def _read_programme(self) -> Scene:
        return self._first(MANAGER, "/v1/programmes")

    def _read_indicator(self) -> Scene:
        return Scene(MANAGER, self.indicator["id"])

    def _list_priorities(self) -> Scene:
        return Scene(MANAGER, known={"pillar_id": self._read_pillar().id})

    def _list_programmes(self) -> Scene:
        return Scene(MANAGER, known={"priority_id": self._read_priority().id})

    def _read_working_day(self) -> Scene:
        return Scene(MANAGER, needed={"start": "2026-03-01", "days": 5})

    def _list_results(self) -> Scene:
        return Scene(
            UNIT_EDITOR, known={"indicator_id": self.indicator["id"], "entity_id": self.entities["MOL"]}
        )

    def _list_indicators(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], "priority_id": self._read_priority().id}
        return Scene(UNIT_EDITOR, known=known)

    def _read_result(self) -> Scene:
        return Scene(ENTERER, self._draft())

    def _list_result_history(self) -> Scene:
        return Scene(MANAGER, self._approved())

    def _read_assignment(self) -> Scene:
        return Scene(TECHNICAL, self._assignment())

    def _read_delegation(self) -> Scene:
        return Scene(SPECIALIST, self._delegation())

    def _read_membership(self) -> Scene:
        return self._first(MANAGER, f"/v1/entities/{self.entities['MOL']}/memberships")

    def _read_decision(self) -> Scene:
        return Scene(HEAD_OFFICE, self._membership_of_a_representative()["decision_id"])

    def _read_reopening(self) -> Scene:
        return Scene(MANAGER, self._reopening())

    def _read_role_plan(self) -> Scene:
        return Scene(OTHER_MANAGER, self._drafted_plan())

    def _read_service_account(self) -> Scene:
        return Scene(MANAGER, self._service_account()["id"])

    def _read_user(self) -> Scene:
        return Scene(ADMINISTRATOR, self._user(SPECIALIST))

    def _list_users(self) -> Scene:
        return Scene(ADMINISTRATOR)

    def _list_reopenings(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "result_id": self._approved()})

    # Entities and people.

    def _create_entity(self) -> Scene:
        return Scene(ADMINISTRATOR)

    def _edit_entity(self) -> Scene:
        body = {
            "code": f"X{next(self._numbers)}",
            "name_ar": "هيئة",
            "name_en": "Authority",
            "kind": "authority",
        }
        made = self.service.create(ADMINISTRATOR, "/v1/entities", body)["id"]
        return self._seen(ADMINISTRATOR, f"/v1/entities/{made}")

    def _create_division(self) -> Scene:
        return Scene(OTHER_MANAGER, self.entities["MOF"])

    def _edit_division(self) -> Scene:
        return self._seen(OTHER_MANAGER, f"/v1/divisions/{self.divisions['MOF', 'COM']}")

    def _edit_indicator(self) -> Scene:
        listed = self.service.read(OTHER_MANAGER, f"/v1/indicators?entity_id={self.entities['MOF']}")
        path = f"/v1/indicators/{listed['items'][0]['id']}"
        return self._seen(OTHER_MANAGER, path, known={"division_id": self.divisions["MOF", "BUD"]})

    def _create_user(self) -> Scene:
        return Scene(ADMINISTRATOR)

    def _edit_user(self) -> Scene:
        return self._seen(ADMINISTRATOR, f"/v1/users/{self._newcomer()['user']['id']}")

    _invite_user = _edit_user

    def _newcomer(self) -> Json:
        email = f"newcomer{next(self._numbers)}@demo.mutabaa.example"
        body = {"email": email, "name_ar": "وافد جديد", "name_en": "Newcomer"}
        return self.service.create(ADMINISTRATOR, "/v1/users", body, secret=True)

    def _create_membership(self) -> Scene:
        """By turns the manager's appointments and those that the head's office records."""
        newcomer = self._newcomer()["user"]["id"]
        known = {
            **self._dates(),
            **self._letter(OTHER_HEAD_OFFICE),
            "division_id": self.divisions["MOF", "PLAN"],
        }
        if next(self._numbers) % 2:
            needed = {"user_id": newcomer, "role": "division_member", "division_id": known["division_id"]}
            return Scene(OTHER_MANAGER, self.entities["MOF"], None, known, needed, ("decision", "tenure"))
        needed = {"user_id": newcomer, "role": "expert", "decision": self._letter(OTHER_HEAD_OFFICE)}
        return Scene(OTHER_HEAD_OFFICE, self.entities["MOF"], None, known, needed, ("division_id", "tenure"))

    def _end_membership(self) -> Scene:
        body = {"user_id": self._newcomer()["user"]["id"], "role": "specialist"}
        made = self.service.create(OTHER_MANAGER, f"/v1/entities/{self.entities['MOF']}/memberships", body)[
            "id"
        ]
        return self._seen(OTHER_MANAGER, f"/v1/memberships/{made}", known=self._dates(), unfit=("decision",))

    def _membership_of_a_representative(self) -> Json:
        body = {
            "user_id": self._newcomer()["user"]["id"],
            "role": "technical_representative",
            "decision": self._letter(HEAD_OFFICE),
        }
        return self.service.create(HEAD_OFFICE, f"/v1/entities/{self.entities['MOL']}/memberships", body)

    @cached_property
    def _free_pairs(self) -> Any:
        people = (TECHNICAL, "media.mol", "expert.mol", SPECIALIST, "specialist2.mol")
        return product(people, [indicator["id"] for indicator in self.indicators])

    def _assigned_to(self) -> Json:
        """A person, and what they are not assigned to yet."""
        try:
            person, indicator = next(self._free_pairs)
        except StopIteration:
            person, indicator = TECHNICAL, self._draft()
        return {"user_id": self._user(person), "subject_id": indicator}

    def _create_assignment(self) -> Scene:
        known = {**self._assigned_to(), **self._dates()}
        return Scene(MANAGER, self.entities["MOL"], known=known)

    def _assignment(self) -> str:
        body = {"user_id": self._user(TECHNICAL), "subject_id": self._draft()}
        made: str = self.service.create(MANAGER, f"/v1/entities/{self.entities['MOL']}/assignments", body)[
            "id"
        ]
        return made

    def _end_assignment(self) -> Scene:
        return self._seen(MANAGER, f"/v1/assignments/{self._assignment()}", known=self._dates())

    def _create_delegation(self) -> Scene:
        known = {"delegate_id": self._user(SPECIALIST), **self._dates()}
        return Scene(MANAGER, self.entities["MOL"], known=known)

    def _delegation(self) -> str:
        body = {
            "delegate_id": self._user(SPECIALIST),
            "action": "results.approve",
            "reason": "إجازة",
            "ends_at": self._dates()["ends_at"],
        }
        made: str = self.service.create(MANAGER, f"/v1/entities/{self.entities['MOL']}/delegations", body)[
            "id"
        ]
        return made

    def _end_delegation(self) -> Scene:
        return self._seen(MANAGER, f"/v1/delegations/{self._delegation()}", known=self._dates())

    # Role plans: of the other ministry, for the first one's results follow its chains.

    def _create_role_plan(self) -> Scene:
        self._close_plan()
        known = {"division_id": self.divisions["MOF", "PLAN"]}
        return Scene(OTHER_MANAGER, self.entities["MOF"], known=known)

    def _edit_role_plan(self) -> Scene:
        known = {"division_id": self.divisions["MOF", "PLAN"]}
        return self._seen(OTHER_MANAGER, f"/v1/role-plans/{self._drafted_plan()}", known=known)

    def _submit_role_plan(self) -> Scene:
        return self._seen(OTHER_MANAGER, f"/v1/role-plans/{self._drafted_plan()}")

    def _approve_role_plan(self) -> Scene:
        needed = {"decision": self._letter(OTHER_HEAD_OFFICE)}
        known = self._letter(OTHER_HEAD_OFFICE)
        return self._seen(
            OTHER_HEAD_OFFICE, f"/v1/role-plans/{self._submitted_plan()}", known=known, needed=needed
        )

    _return_role_plan = _approve_role_plan

    def _drafted_plan(self) -> str:
        self._close_plan()
        made: str = self.service.create(OTHER_MANAGER, f"/v1/entities/{self.entities['MOF']}/role-plans", {})[
            "id"
        ]
        return made

    def _submitted_plan(self) -> str:
        made = self._drafted_plan()
        self.service.step(OTHER_MANAGER, f"/v1/role-plans/{made}", "submit")
        return made

    def _close_plan(self) -> None:
        """One plan is in work at a time: the one that is there is approved, with chains that can be walked."""
        newest = self.service.read(OTHER_MANAGER, f"/v1/entities/{self.entities['MOF']}/role-plans?limit=1")[
            "items"
        ]
        if not newest or newest[0]["state"] == "approved":
            return
        path = f"/v1/role-plans/{newest[0]['id']}"
        if newest[0]["state"] == "draft":
            self.service.step(OTHER_MANAGER, path, "submit")
        self.service.step(OTHER_HEAD_OFFICE, path, "approve", {"decision": self._letter(OTHER_HEAD_OFFICE)})

    # Results.

    def _create_result(self) -> Scene:
        indicator, year = next(self._vacant)
        unfit = ("rank", "rank_of", "numerator", "denominator")
        return Scene(ENTERER, indicator, None, {"period": year}, {"value": 12.5, "period": year}, unfit)

    def _patch_result(self) -> Scene:
        unfit = ("rank", "rank_of", "numerator", "denominator")
        return self._seen(ENTERER, f"/v1/results/{self._draft()}", unfit=unfit)

    def _submit_result(self) -> Scene:
        return self._seen(ENTERER, f"/v1/results/{self._draft()}")

    _discard_result = _submit_result

    def _withdraw_result(self) -> Scene:
        return self._seen(ENTERER, f"/v1/results/{self._submitted()}")

    def _review_result(self) -> Scene:
        return self._seen(PLANNER, f"/v1/results/{self._submitted()}", unfit=("decision",))

    _return_result = _review_result

    def _approve_result(self) -> Scene:
        return self._seen(MANAGER, f"/v1/results/{self._reviewed()}", unfit=("decision",))

    def _ask_reopening(self) -> Scene:
        return self._seen(MANAGER, f"/v1/results/{self._approved()}", known=self._dates())

    def _correct_result(self) -> Scene:
        reopening = self._reopening()
        self.service.step(*self._grantor(reopening), "grant", self._grantors_letter(reopening))
        result = self.service.read(MANAGER, f"/v1/reopenings/{reopening}")["result_id"]
        return self._seen(ENTERER, f"/v1/results/{result}")

    def _grant_reopening(self) -> Scene:
        reopening = self._reopening()
        needed = self._grantors_letter(reopening)
        known = self._letter(HEAD_OFFICE)
        return self._seen(*self._grantor(reopening), known=known, needed=needed, unfit=("decision",))

    _refuse_reopening = _grant_reopening

    def _decide_results(self) -> Scene:
        submitted = self._submitted()
        etag = self.service.etag(PLANNER, f"/v1/results/{submitted}")
        return Scene(PLANNER, known={"id": submitted, "if_match": etag})

    def _draft(self) -> str:
        indicator, year = next(self._vacant)
        body = {"period": year, "value": 12.5}
        made: str = self.service.create(ENTERER, f"/v1/indicators/{indicator}/results", body)["id"]
        return made

    def _submitted(self) -> str:
        result = self._draft()
        self.service.step(ENTERER, f"/v1/results/{result}", "submit")
        return result

    def _reviewed(self) -> str:
        result = self._submitted()
        self.service.step(PLANNER, f"/v1/results/{result}", "review")
        return result

    def _approved(self) -> str:
        result = self._reviewed()
        self.service.step(MANAGER, f"/v1/results/{result}", "approve")
        return result

    def _reopening(self) -> str:
        body = {"reason": "نُشرت قيمة معدّلة", "expires_on": self._dates()["expires_on"]}
        made: str = self.service.step(MANAGER, f"/v1/results/{self._approved()}", "reopenings", body)["id"]
        return made

    def _grantor(self, reopening: str) -> tuple[str, str]:
        path = f"/v1/reopenings/{reopening}"
        by_unit = self.service.read(MANAGER, path)["grantor"] == "unit"
        return UNIT_EDITOR if by_unit else HEAD_OFFICE, path

    def _grantors_letter(self, reopening: str) -> Json:
        person, _ = self._grantor(reopening)
        return {} if person == UNIT_EDITOR else {"decision": self._letter(HEAD_OFFICE)}

    # Programs, sessions and passwords.

    def _create_service_account(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], **self._dates()}
        return Scene(MANAGER, known=known, needed={"permissions": ["results.read"]})

    def _end_service_account(self) -> Scene:
        return self._seen(MANAGER, f"/v1/service-accounts/{self._service_account()['id']}")

    def _service_account(self) -> Json:
        body = {
            "name": "Dashboard",
            "permissions": ["results.read"],
            "expires_at": self._dates()["expires_at"],
        }
        return self.service.create(MANAGER, "/v1/service-accounts", body, secret=True)

    def _issue_service_token(self) -> Scene:
        account = self._service_account()
        needed = {name: account[name] for name in ("client_id", "client_secret")}
        return Scene(None, needed={"grant_type": "client_credentials", **needed})

    def _read_me(self) -> Scene:
        return Scene(SPECIALIST)

    def _edit_me(self) -> Scene:
        return self._seen(SPECIALIST, "/v1/me")

    def _sign_in(self) -> Scene:
        self.service.sql("delete from sign_in_brakes")
        return Scene(None, needed={"email": f"{SPECIALIST}@demo.mutabaa.example", "password": PASSWORD})

    def _refresh_session(self) -> Scene:
        self.service.sql("delete from sign_in_brakes")
        body = {"email": f"{SPECIALIST}@demo.mutabaa.example", "password": PASSWORD}
        tokens = self.service.create_session(body)
        return Scene(None, needed={"refresh_token": tokens["refresh_token"]})

    def _sign_out(self) -> Scene:
        self.service.forget(LEAVER)
        return Scene(LEAVER, alone=True)

    _sign_out_everywhere = _sign_out

    def _change_password(self) -> Scene:
        """The stored hash is that of the others' password again, whatever it was changed to."""
        self.service.sql("delete from sign_in_brakes")
        self.service.sql(
            "update users set password_hash = (select password_hash from users where id = $1) where id = $2",
            self.service.users[SPECIALIST],
            self.service.users[LOCKED],
        )
        self.service.forget(LOCKED)
        return Scene(LOCKED, needed={"current_password": PASSWORD}, alone=True)

    def _accept_invitation(self) -> Scene:
        return Scene(None, needed={"token": self._newcomer()["invitation"]["token"]})

    # Parts.

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
            "letter_date": datetime.now(UTC).date().isoformat(),
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
