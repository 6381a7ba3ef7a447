"""Communication plans, their activities and detailed plans brought into each state, and the requests that each action is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx

from app import clock, ids
from app.enums import DivisionFunction, Role, SubjectKind
from tests.api import Api
from tests.factories.communications import ACTIVITY, PLAN, REPORT, YEAR
from tests.factories.detailed_plans import NAMES, TASKS
from tests.factories.plans import YEAR as PLANNED
from tests.factories.world import LONG_AGO, Person
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import REASON, done
from tests.role_matrix.things import Thing, made, seen, take

PLAN_STATES = ("draft", "submitted", "approved", "asked", "superseded", "discarded")
PLAN_ACTIONS = (
    *(
        f"communication_plans.{verb}"
        for verb in (
            "edit",
            "submit",
            "withdraw",
            "discard",
            "return",
            "approve",
            "revise",
            "ask_support",
            "answer_support",
        )
    ),
    "communication_activities.create",
)
ACTIVITY_STATES = ("drafted", "submitted", "planned", "done", "cancelled")
ACTIVITY_ACTIONS = tuple(f"communication_activities.{verb}" for verb in ("edit", "report", "cancel"))
DETAILED_STATES = (
    "draft",
    "presented",
    "endorsed",
    "submitted",
    "reviewed",
    "approved",
    "superseded",
    "dropped",
    "discarded",
)
DETAILED_ACTIONS = tuple(
    f"detailed_plans.{verb}"
    for verb in ("edit", "discard", "present", "endorse", "submit", "withdraw", "review", "return", "approve")
)
_numbers = count(1)


@dataclass(frozen=True)
class Communications:
    """Makes plans and activities, each plan about an initiative of its own. `author`, `approver`: beside those asked."""

    cast: Cast
    author: Person
    approver: Person
    chief: Person
    annual: UUID

    @classmethod
    async def of(cls, cast: Cast) -> "Communications":
        """For the cast's entity, with a drafted annual plan."""
        world = cast.world
        division = await world.division(cast.entity, DivisionFunction.COMMUNICATION)
        annual = ids.new()
        planner = await world.person(Role.DIVISION_MEMBER, division=cast.planning)
        await world.subject(annual, SubjectKind.PLAN, cast.entity.id)
        await world.insert(
            "plans",
            id=annual,
            entity_id=cast.entity.id,
            year=PLANNED,
            number=1,
            name_ar="الخطة السنوية",
            name_en="Annual plan",
            classification="internal",
            state="draft",
            parties_enter=[f"planning:{cast.entity.id}"],
            parties_review=[],
            parties_approve=[],
            recorded_at=LONG_AGO,
            drafted_by_id=planner.id,
        )
        return cls(
            cast,
            await world.person(Role.DIVISION_MEMBER, division=division),
            cast.people["acting_manager"],
            await world.person(Role.DIVISION_HEAD, division=cast.in_charge),
            annual,
        )

    async def initiative(self) -> UUID:
        """An approved initiative of the division in charge, in the annual plan."""
        made, number = ids.new(), next(_numbers)
        world, entity = self.cast.world, self.cast.entity
        await world.subject(made, SubjectKind.INITIATIVE, entity.id)
        await world.insert(
            "initiatives",
            id=made,
            entity_id=entity.id,
            code=f"C{number}",
            kind="initiative",
            state="approved",
            classification="internal",
            name_ar="منصة مواءمة التدريب",
            name_en="Training platform",
            goal="مواءمة مخرجات التدريب",
            division_id=self.cast.in_charge.id,
            starts_on=date(PLANNED, 1, 1),
            ends_on=date(PLANNED, 12, 31),
            baseline_starts_on=date(PLANNED, 1, 1),
            baseline_ends_on=date(PLANNED, 12, 31),
            proposed_at=LONG_AGO,
            approved_at=LONG_AGO,
        )
        await world.insert(
            "plan_items",
            id=ids.new(),
            entity_id=entity.id,
            plan_id=self.annual,
            number=number,
            kind="initiative",
            initiative_id=made,
            state="kept",
            edited_by=[],
        )
        return made

    async def plan(self, state: str) -> Thing:
        """A communication plan in the state."""
        author, approver = self.author.api, self.approver.api
        body = {**PLAN, "about_id": str(await self.initiative()), "year": YEAR}
        thing = made(await author.create("/v1/communication-plans", body))
        await self.cast.assign_all(thing.id)
        await self.activity_of(thing)
        thing = await seen(author, thing.path)
        if state == "discarded":
            return await take(author, thing, "discard")
        if state != "draft":
            thing = await take(author, thing, "submit")
        if state in PLAN_STATES[2:5]:
            thing = await take(approver, thing, "approve")
        if state == "asked":
            return await take(author, thing, "ask-support", {"what": "تغطية إعلامية"})
        if state == "superseded":
            later = made(await send(author, "communication_plans.revise", thing))
            later = await take(author, later, "submit")
            await take(approver, later, "approve")
            return await seen(author, thing.path)
        return thing

    async def activity_of(self, plan: Thing) -> Thing:
        """An activity of a drafted plan."""
        author = self.author.api
        return made(await send(author, "communication_activities.create", await seen(author, plan.path)))

    async def activity(self, state: str) -> Thing:
        """An activity in the state."""
        author = self.author.api
        plan = await self.plan({"drafted": "draft", "submitted": "submitted"}.get(state, "approved"))
        shown = done(await author.get(plan.path)).json()
        thing = await seen(author, f"/v1/communication-activities/{shown['activities'][0]['id']}")
        if state == "done":
            return await take(author, thing, "report", _report())
        return await take(author, thing, "cancel", REASON) if state == "cancelled" else thing

    def detailed_body(self, initiative: UUID) -> dict[str, Any]:
        """The body of an initiative's detailed plan."""
        return {
            "plan_id": str(self.annual),
            "about": "initiative",
            "initiative_id": str(initiative),
            **NAMES,
            "tasks": [dict(task) for task in TASKS],
        }

    async def detailed(self, state: str) -> Thing:
        """A detailed plan in the state; where it stands, its annual plan does too, or nobody outside would see it."""
        await self._annual_is("draft")
        clerk, initiative = self.cast.clerk.api, await self.initiative()
        thing = await self._walked(initiative, "approved" if state == "superseded" else state)
        if state == "discarded":
            return await take(clerk, thing, "discard")
        if state == "superseded":
            await self._walked(initiative, "approved")
        if state in ("approved", "superseded"):
            await self._annual_is("approved")
            return await seen(clerk, thing.path)
        if state == "dropped":
            # By the funded-only cut, whose own tests show it.
            await self.cast.world.owner.execute(
                "update detailed_plans set state = 'dropped', drop_reason = 'لم يُموَّل' where id = $1", thing.id
            )
        return thing

    async def _annual_is(self, state: str) -> None:
        """The annual plan in work or in force, as its own path leaves it, whose tests show how."""
        owner = self.cast.world.owner
        async with owner.transaction():
            await owner.execute("set local session_replication_role = replica")
            await owner.execute(_ANNUAL, self.annual, state, self.cast.people["head"].id)

    async def _walked(self, initiative: UUID, until: str) -> Thing:
        clerk = self.cast.clerk.api
        thing = made(await clerk.create("/v1/detailed-plans", self.detailed_body(initiative)))
        await self.cast.assign_all(thing.id)
        for person, verb, reached in (
            (self.cast.clerk, "present", "presented"),
            (self.chief, "endorse", "endorsed"),
            (self.cast.clerk, "submit", "submitted"),
            (self.cast.reviewer, "review", "reviewed"),
            (self.approver, "approve", "approved"),
        ):
            if DETAILED_STATES.index(reached) > DETAILED_STATES.index(until) or until in (
                "dropped",
                "discarded",
            ):
                break
            thing = await take(person.api, thing, verb)
        return thing


_ANNUAL = """
    update plans set state = $2::text, snapshot = case when $2 = 'approved' then '{}'::jsonb end,
        approved_at = case when $2 = 'approved' then now() end, approved_by_id = case when $2 = 'approved' then $3::uuid end
    where id = $1
"""


def _report() -> Mapping[str, Any]:
    return {**REPORT, "done_on": clock.today().isoformat()}


async def send(api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
    """The request that the action is."""
    area, _, verb = action.partition(".")
    verb = verb.replace("_", "-")
    keyed = {"If-Match": thing.etag, "Idempotency-Key": uuid4().hex}
    if verb == "edit":
        field = "channel" if area == "communication_activities" else "note"
        return await api.patch(thing.path, thing.etag, {field: f"بعد المراجعة {next(_numbers)}"})
    if action == "communication_activities.create":
        return await api.send("POST", f"{thing.path}/activities", json=dict(ACTIVITY), headers=keyed)
    if verb == "revise":
        return await api.send("POST", f"{thing.path}/revise", json=REASON, headers=keyed)
    bodies: Mapping[str, Any] = {
        "return": REASON,
        "cancel": REASON,
        "ask-support": {"what": "تغطية إعلامية"},
        "answer-support": {"answer": "تُنشر في حسابات الرؤية"},
        "report": _report(),
    }
    return await api.step(f"{thing.path}/{verb}", thing.etag, bodies.get(verb))
