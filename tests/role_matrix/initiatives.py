"""Initiatives, their reports and checks, and parts in programmes, brought into each state through the service; and the
requests that each action is."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from app.enums import Role
from tests.api import Api
from tests.evidence import bringing
from tests.factories.initiatives import REASON, milestone, proposal, today
from tests.role_matrix.cast import Cast
from tests.role_matrix.results import done
from tests.role_matrix.things import Thing, made, seen, take

STATES = ("draft", "submitted", "approved", "closing", "closed", "stopped", "discarded")
REPORT_STATES = ("draft", "submitted", "reviewed", "approved", "discarded")
ACTIONS = (
    *(
        f"initiatives.{verb}"
        for verb in (
            *(
                "edit",
                "submit",
                "discard",
                "withdraw",
                "approve",
                "return",
                "revise",
                "put_in_charge",
                "stop",
            ),
            *("ask_to_close", "confirm_closing", "return_to_work"),
            *("request_budget", "answer_budget", "record_spending"),
        )
    ),
    "progress_reports.create",
    "site_checks.create",
)
REPORT_ACTIONS = tuple(
    f"progress_reports.{verb}"
    for verb in ("edit", "submit", "discard", "withdraw", "review", "return", "approve")
)
_LINE = {"year": today().year, "source": "state_budget"}
_REASON = {"reason": REASON}
CHECK = {"checked_on": today().isoformat(), "place": "صحار", "findings": "العمل مطابق", "conforms": True}
REPORT = {"as_of": today().isoformat(), "milestones": [{"number": 1, "percent": 50}]}


def _bodies() -> dict[str, Any]:
    begin = today()
    plan = [milestone(1, begin, begin + timedelta(days=9), 100)]
    return {
        "initiatives.edit": {"goal": f"هدف {uuid4().hex}"},
        "initiatives.return": _REASON,
        "initiatives.revise": {**_REASON, "milestones": plan},
        "initiatives.put_in_charge": {"manager_id": None},
        "initiatives.stop": _REASON,
        "initiatives.return_to_work": _REASON,
        "initiatives.request_budget": {**_LINE, "requested": 900},
        "initiatives.answer_budget": {
            **_LINE,
            "answer": "granted",
            "approved": 100,
            "answered_on": begin.isoformat(),
        },
        "initiatives.record_spending": {**_LINE, "spent": 0},
        "progress_reports.create": REPORT,
        "progress_reports.edit": {"note": f"ملاحظة {uuid4().hex}"},
        "progress_reports.return": _REASON,
        "site_checks.create": CHECK,
        "site_checks.withdraw": _REASON,
        "programme_participants.end": _REASON,
    }


async def send(api: Api, action: str, thing: Thing, said: str = "nothing") -> httpx.Response:
    """The request that the action is."""
    area, _, verb = action.partition(".")
    body = _bodies().get(action)
    if verb == "create":
        return await api.create(f"{thing.path}/{area.replace('_', '-')}", body)
    if verb == "edit":
        return await api.patch(thing.path, thing.etag, body)
    if said == "letter":
        raise NotImplementedError("no table here speaks of letters")
    return await api.step(f"{thing.path}/{verb.replace('_', '-')}", thing.etag, body)


class Initiatives:
    """Makes things in their states by people beside those who are asked."""

    def __init__(self, cast: Cast, verifier: Api) -> None:
        self.cast = cast
        self.verifier = verifier

    @classmethod
    async def of(cls, cast: Cast) -> "Initiatives":
        """With a specialist of the entity who verifies evidence; who approves does so for the manager."""
        for action in ("initiatives.approve", "progress_reports.approve"):
            await cast.world.delegate(cast.people["manager"], cast.approver, cast.entity, action)
        return cls(cast, (await cast.world.person(Role.SPECIALIST, cast.entity)).api)

    async def make(self, state: str) -> Thing:
        """An initiative in the state, which has asked for money."""
        clerk, approver = self.cast.clerk.api, self.cast.approver.api
        body = proposal(division_id=str(self.cast.in_charge.id))
        thing = made(await clerk.create(f"/v1/entities/{self.cast.entity.id}/initiatives", body))
        thing = await take(clerk, thing, "request-budget", {**_LINE, "requested": 1000})
        if state == "draft":
            return thing
        if state == "discarded":
            return await take(clerk, thing, "discard")
        thing = await take(clerk, thing, "submit")
        if state == "submitted":
            return thing
        thing = await take(approver, await seen(approver, thing.path), "approve")
        if state == "stopped":
            head = self.cast.people["head"].api
            return await take(head, await seen(head, thing.path), "stop", _REASON)
        if state == "approved":
            return thing
        await self._prove(thing)
        thing = await take(clerk, await seen(clerk, thing.path), "ask-to-close")
        if state == "closing":
            return thing
        return await take(approver, await seen(approver, thing.path), "confirm-closing")

    async def _prove(self, thing: Thing) -> None:
        clerk = self.cast.clerk
        proof = bringing.Proof.of(await clerk.api.create("/v1/evidence", bringing.announcement(thing.id)))
        done(await bringing.put(clerk, proof))
        done(await self.verifier.step(f"{proof.path}/verify", await self.verifier.etag(proof.path)))

    async def report(self, state: str) -> Thing:
        """A progress report in the state, of an initiative of its own."""
        clerk = self.cast.clerk.api
        initiative = await self.make("approved")
        thing = made(await clerk.create(f"{initiative.path}/progress-reports", REPORT))
        if state == "discarded":
            return await take(clerk, thing, "discard")
        for person, verb, reached in (
            (None, None, "draft"),
            (clerk, "submit", "submitted"),
            (self.cast.reviewer.api, "review", "reviewed"),
            (self.cast.approver.api, "approve", "approved"),
        ):
            if person is not None and verb is not None:
                thing = await take(person, await seen(person, thing.path), verb)
            if state == reached:
                return thing
        raise LookupError(state)

    async def check(self, state: str) -> Thing:
        """A check on the ground in the state."""
        initiative = await self.make("approved")
        thing = made(await self.verifier.create(f"{initiative.path}/site-checks", CHECK))
        return thing if state == "recorded" else await take(self.verifier, thing, "withdraw", _REASON)

    async def programme(self) -> UUID:
        """A national programme that no entity leads."""
        from tests.initiatives.test_programmes import programme

        return await programme(self.cast.world)

    async def participant(self, state: str, programme_id: UUID | None = None) -> Thing:
        """The entity's part in a programme, in the state."""
        editor = self.cast.people["unit_editor"].api
        path = f"/v1/programmes/{programme_id or await self.programme()}/participants"
        thing = made(await editor.create(path, {"entity_id": str(self.cast.entity.id)}))
        return thing if state == "standing" else await take(editor, thing, "end", _REASON)
