"""The role rules: who may do what to which thing. The one truth for enforcement, `actions`,
`GET /v1/role-rules`, docs/role-rules.md and the tests.

The lines stand in `app.role_table`, a file for each area.
They say WHO; an area's rules.py alone says from which state. It is pure: it is handed the
actor and the facts of the subject, and asks no database. What no rule allows is denied.
"""

from collections.abc import Iterable
from uuid import UUID

from app.enums import Role
from app.errors import Forbidden, FourEyes, Text
from app.parties import ADMINISTRATOR, UNIT, UNIT_EDITOR, Actor, Entitlement, Facts, party_key
from app.role_table import TABLE
from app.role_table.rule import Rule

ANYONE = "anyone"
OWN = "own"

RULES: dict[str, Rule] = {rule.action: rule for rule in TABLE}
PUBLIC = "public"
"""Permission of the few routes that need no sign-in."""

DELEGABLE = tuple(rule.action for rule in TABLE if rule.delegable_as == rule.action)


def entitlement(actor: Actor, action: str, facts: Facts) -> Entitlement:
    """By what right `actor` may take `action` on the subject.

    Raises Forbidden when no rule gives the right, FourEyes when it is barred for this person only
    because they entered, edited or already controlled the revision, or verified evidence of what they would edit.
    """
    rule = RULES[action]
    require_not_narrowed(actor, action)
    # Before the head's own part in the step: where nobody is left, that is barred, or done already.
    exception = _by_exception(actor, rule, facts)
    if exception is not None:
        return exception
    found = _by_party(actor, rule, facts) or _by_delegation(actor, rule, facts)
    # Recording is free of four eyes: what counts is the head in whose name it is decided.
    if found is not None and (found.records or not _barred_from(rule, actor.person_id, facts)):
        return found
    raise Forbidden() if found is None else FourEyes()


def allows(actor: Actor, action: str, facts: Facts) -> bool:
    """Whether `entitlement` would give the right."""
    try:
        entitlement(actor, action, facts)
    except Forbidden:
        return False
    return True


def require_not_narrowed(actor: Actor, action: str) -> None:
    """Raise Forbidden for a service account that was made without `action`."""
    if actor.only is not None and action not in actor.only:
        raise Forbidden(_NARROWED)


def may_decide(person_id: UUID, facts: Facts, *, exceptional: bool) -> bool:
    """Four eyes for the person in whose name a control step is taken (a head whose office records it).
    `exceptional`: they decide because nobody is left."""
    return not _barred(person_id, facts) or (exceptional and person_id in facts.excepted)


def _barred_from(rule: Rule, person_id: UUID, facts: Facts) -> bool:
    if rule.edits and person_id in facts.verified_by:
        return True
    return rule.control and _barred(person_id, facts)


def _barred(person_id: UUID, facts: Facts) -> bool:
    return person_id in facts.edited_by or person_id in facts.controlled_by


def _keys(rule: Rule, facts: Facts) -> Iterable[str]:
    for who in rule.who:
        if who.startswith("step:"):
            yield from facts.steps.get(who.removeprefix("step:"), ())
        elif who in (UNIT, UNIT_EDITOR, ADMINISTRATOR):
            yield who
        elif facts.entity_id is not None:
            yield party_key(who, facts.entity_id)


def _by_party(actor: Actor, rule: Rule, facts: Facts) -> Entitlement | None:
    if ANYONE in rule.who:
        return Entitlement(ANYONE)
    if OWN in rule.who and facts.own:
        return Entitlement(OWN)
    recorded: Entitlement | None = None
    for key in _keys(rule, facts):
        if key in actor.keys:
            return Entitlement(key)
        # A program never records what a head decided.
        if rule.recordable and actor.only is None and key == party_key(Role.HEAD, facts.entity_id):
            office = party_key(Role.HEAD_OFFICE, facts.entity_id)
            if office in actor.keys:
                recorded = Entitlement(office, records=True)
    return recorded


def _by_delegation(actor: Actor, rule: Rule, facts: Facts) -> Entitlement | None:
    if rule.delegable_as is None:
        return None
    keys = set(_keys(rule, facts))
    for given in actor.delegated:
        if (
            given.action == rule.delegable_as
            and given.party in keys
            and given.delegator_id != actor.person_id
        ):
            return Entitlement(given.party, acting_for_id=given.delegator_id)
    return None


def _by_exception(actor: Actor, rule: Rule, facts: Facts) -> Entitlement | None:
    """Where four eyes leaves nobody, the head decides with a reason (design, role rules), though it be once more."""
    if rule.action not in facts.nobody_left:
        return None
    head, office = party_key(Role.HEAD, facts.entity_id), party_key(Role.HEAD_OFFICE, facts.entity_id)
    if head in actor.keys and may_decide(actor.person_id, facts, exceptional=True):
        return Entitlement(head, exceptional=True)
    if office in actor.keys and actor.only is None:
        return Entitlement(office, records=True, exceptional=True)
    return None


_NARROWED = Text(
    "The service account was made without this action.",
    "أُنشئ حساب الخدمة دون هذه الصلاحية.",
)
