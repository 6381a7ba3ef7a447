"""The role rules: who may do what to which thing. The one truth for enforcement, `actions`,
`GET /v1/role-rules`, docs/role-rules.md and the tests.

This module says WHO; an area's rules.py alone says from which state. It is pure: it is handed the
actor and the facts of the subject, and asks no database. What no rule allows is denied.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.enums import Role
from app.errors import Forbidden, FourEyes, Text
from app.parties import ADMINISTRATOR, UNIT, UNIT_EDITOR, Actor, Entitlement, Facts, party_key

ANYONE = "anyone"
OWN = "own"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table.

    `who`: parties of the subject's entity, national parties, `anyone` (signed in), `own` (the person
    whose thing it is) or `step:<step>` (the parties that the chain of the subject names).
    `control`: four eyes applies. `edits`: it changes what evidence was verified of, so who verified it does not take it.
    `recordable`: where the head is named, the head's office may record
    the head's decision. `delegable_as`: the holder may let somebody else take it for a time, by a
    delegation of this action (approving and returning are delegated as one).
    """

    action: str
    who: tuple[str, ...]
    says: Text
    guide: str = ""
    control: bool = False
    edits: bool = False
    recordable: bool = False
    delegable_as: str | None = None


def _rule(
    action: str, who: str, en: str, ar: str, guide: str = "", delegable_as: str | None = None, **traits: bool
) -> Rule:
    return Rule(action, tuple(who.split()), Text(en, ar), guide, delegable_as=delegable_as, **traits)


_TABLE = (
    # Catalogue
    _rule("catalogue.read", "anyone", "Read the national catalogue", "قراءة الدليل الوطني"),
    _rule("holidays.create", "unit_editor", "Enter a public holiday", "إضافة عطلة رسمية"),
    _rule("holidays.edit", "unit_editor", "Correct a public holiday", "تصحيح بيانات عطلة رسمية"),
    _rule("holidays.cancel", "unit_editor", "Cancel a public holiday", "إلغاء عطلة رسمية"),
    _rule("role_rules.read", "anyone", "Read the role rules", "قراءة قواعد الأدوار"),
    _rule("inbox.read", "anyone", "See what waits for oneself", "الاطلاع على ما ينتظر الإجراء"),
    _rule(
        "dashboard.read",
        "anyone",
        "See at a glance what waits for oneself, where one's entities stand and what is late",
        "الاطلاع بنظرة واحدة على ما ينتظر الإجراء وموقف جهات المستخدم وما تأخر من قيمها",
        "D-4, M-8",
    ),
    # Indicators
    _rule("indicators.read", "anyone", "Read indicator definitions", "قراءة تعريفات المؤشرات"),
    _rule(
        "indicators.create",
        "specialist unit_editor",
        "Draft an indicator: the owner's specialist a main, special or excellence one, UNIT a vision one",
        "إعداد مؤشر: يعدّ أخصائي الجهة المؤشر الرئيسي أو الخاص أو مؤشر الإجادة، وتعدّ وحدة المتابعة مؤشر الرؤية",
        "I-1, I-2, I-4, I-9",
    ),
    _rule(
        "indicators.edit",
        "step:define",
        "Correct what an indicator is called; while it is a draft, also what it measures",
        "تصحيح أسماء المؤشر، وما يقيسه ما دام مسودة",
        "I-1, I-2",
    ),
    _rule(
        "indicators.put_in_charge",
        "manager",
        "Name the division in charge of an indicator",
        "تسمية التقسيم المسؤول عن المؤشر",
        "D-2",
    ),
    _rule(
        "indicators.name_enterer",
        "step:name_enterer",
        "Say whether the owner or UNIT enters the figures of a vision indicator (international indices)",
        "تحديد من يدخل قيم مؤشر الرؤية: الجهة المالكة أو وحدة المتابعة (المؤشرات الدولية)",
        "I-1, D-2",
    ),
    _rule(
        "indicators.declare_contributors",
        "manager",
        "Say whether other entities contribute to an indicator",
        "بيان ما إذا كانت جهات أخرى تسهم في المؤشر",
        "I-3",
    ),
    _rule(
        "indicators.retire",
        "step:retire",
        "Retire an indicator: the owner's manager, for a vision indicator UNIT",
        "إنهاء العمل بمؤشر: مدير مكتب الجهة المالكة، ووحدة المتابعة لمؤشر الرؤية",
        "I-1, I-2",
    ),
    _rule(
        "schedules.set",
        "step:schedule",
        "Set how often an indicator is measured and when its figures are due: UNIT for vision and scorecard"
        " indicators, the manager for the entity's own",
        "تحديد دورية المؤشر ومواعيد قيمه: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ومدير المكتب لغيرها",
        "D-2",
    ),
    _rule(
        "indicators.require_evidence",
        "step:schedule",
        "Say what evidence each result of an indicator must carry: UNIT for vision and scorecard indicators, the"
        " manager for the entity's own",
        "تحديد الأدلة التي يجب أن ترافق كل نتيجة للمؤشر: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ومدير المكتب لغيرها",
        "V-1",
    ),
    _rule(
        "definitions.read", "anyone", "Read what is visible of definitions", "قراءة التعريفات المتاحة", "I-6"
    ),
    _rule(
        "definitions.create",
        "step:define",
        "Open a new version of an indicator's definition",
        "فتح نسخة جديدة من تعريف المؤشر",
        "I-6",
    ),
    _rule(
        "definitions.edit",
        "step:define",
        "Change a drafted definition: method, targets, thresholds; never who verified its evidence",
        "تعديل مسودة تعريف: المنهجية والمستهدفات والحدود، ولا يتولاه من تحقق من أدلتها",
        "I-6",
        edits=True,
    ),
    _rule("definitions.discard", "step:define", "Discard a drafted definition", "استبعاد مسودة تعريف", "I-6"),
    _rule(
        "definitions.submit",
        "step:define",
        "Submit a definition to be confirmed",
        "رفع تعريف للتحقق منه",
        "I-6, I-7",
    ),
    _rule(
        "definitions.withdraw",
        "step:define",
        "Take a submitted definition back before it is confirmed",
        "سحب تعريف قبل التحقق منه",
        "I-6",
    ),
    _rule(
        "definitions.confirm",
        "step:confirm",
        "Confirm that an indicator is accurate and how it is calculated: the technical representative assigned,"
        " or another specialist; for a vision indicator another of UNIT",
        "تأكيد دقة المؤشر وطريقة احتسابه: الممثل الفني المكلف أو أخصائي آخر، ولمؤشر الرؤية شخص آخر من وحدة المتابعة",
        "I-7",
        control=True,
        recordable=True,
    ),
    _rule(
        "definitions.return",
        "step:control",
        "Return a definition with a reason, at the step that controls it now",
        "إعادة تعريف مع بيان السبب في خطوة الرقابة الحالية",
        "I-7",
        control=True,
        recordable=True,
    ),
    _rule(
        "definitions.activate",
        "step:activate",
        "Put a confirmed definition in force: the manager, for a vision indicator UNIT",
        "اعتماد تعريف متحقق منه والعمل به: مدير المكتب، ووحدة المتابعة لمؤشر الرؤية",
        "I-1, I-6",
        control=True,
        recordable=True,
    ),
    # Contributions
    _rule(
        "contributions.read",
        "anyone",
        "Read who contributes to an indicator, as far as it is visible",
        "الاطلاع على الجهات المسهمة في المؤشر بقدر ما هو متاح",
        "I-3, I-4",
    ),
    _rule(
        "contributions.invite",
        "manager",
        "Invite an entity to contribute to an indicator",
        "دعوة جهة إلى الإسهام في مؤشر",
        "I-3",
    ),
    _rule(
        "contributions.edit",
        "manager",
        "Change the weight or the message of an invitation",
        "تعديل الوزن أو نص الدعوة إلى الإسهام",
        "I-3",
    ),
    _rule(
        "contributions.accept",
        "step:answer",
        "Accept to contribute, with a special indicator of one's own",
        "قبول الإسهام بمؤشر خاص بالجهة المسهمة",
        "I-4",
    ),
    _rule(
        "contributions.refuse",
        "step:answer",
        "Refuse to contribute, with a reason",
        "الاعتذار عن الإسهام مع بيان السبب",
        "I-4",
    ),
    _rule(
        "contributions.leave",
        "step:answer",
        "End one's own contribution, with a reason",
        "إنهاء إسهام الجهة مع بيان السبب",
        "I-4",
    ),
    _rule(
        "contributions.withdraw",
        "manager",
        "Withdraw an invitation or end a contribution, with a reason",
        "سحب دعوة أو إنهاء إسهام مع بيان السبب",
        "I-3",
    ),
    _rule(
        "contributions.explain",
        "step:explain",
        "Explain why a contributor's figure of a period is missing: manager or specialist of either side",
        "بيان سبب غياب قيمة الجهة المسهمة في فترة: مدير المكتب أو الأخصائي من أي الطرفين",
        "I-3, I-4",
    ),
    # Obligations
    _rule(
        "obligations.read",
        "anyone",
        "Read what is visible of the figures that are due",
        "الاطلاع على القيم المستحقة المتاحة",
        "D-2, D-5",
    ),
    _rule(
        "obligations.excuse",
        "step:approve",
        "Excuse a figure that is due: UNIT for vision and scorecard indicators, the head for others",
        "الإعفاء من قيمة مستحقة: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ورئيس الوحدة لغيرها",
        "D-2",
        recordable=True,
    ),
    _rule(
        "obligations.reinstate",
        "step:approve",
        "Make an excused figure due again",
        "إلغاء الإعفاء من قيمة مستحقة",
        "D-2",
        recordable=True,
    ),
    _rule(
        "obligations.ask_reopening",
        "manager",
        "Ask leave to enter a result in a closed period",
        "طلب الإذن بإدخال نتيجة في فترة مغلقة",
        "D-2",
    ),
    # Scoreboard
    _rule(
        "scoreboard.read",
        "anyone",
        "Read where entities, priorities, pillars and the nation stand, by what is visible of their figures",
        "الاطلاع على موقف الجهات والأولويات والمحاور والمستوى الوطني بقدر ما هو متاح من قيمها",
        "M-4, M-8",
    ),
    # Entities
    _rule("entities.create", "administrator", "Create an entity", "إنشاء جهة"),
    _rule("entities.edit", "administrator", "Correct an entity's names", "تصحيح بيانات الجهة"),
    _rule(
        "divisions.create",
        "manager administrator",
        "Enter a division of the entity",
        "إضافة تقسيم إداري",
        "O-8",
    ),
    _rule("divisions.edit", "manager administrator", "Correct a division", "تصحيح بيانات تقسيم إداري", "O-8"),
    # People
    _rule("me.read", "anyone", "See one's own rights", "الاطلاع على الصلاحيات الشخصية"),
    _rule("me.edit", "anyone", "Change one's own language and password", "تعديل اللغة وكلمة المرور"),
    _rule("users.create", "administrator", "Enter a person and invite them", "إضافة مستخدم ودعوته"),
    _rule("users.edit", "administrator", "Correct or block a person", "تعديل بيانات مستخدم أو إيقافه"),
    _rule("users.invite", "administrator", "Invite a person anew", "تجديد دعوة مستخدم"),
    _rule(
        "users.read",
        "administrator head head_office manager unit",
        "Look up people, in order to appoint them",
        "البحث عن الأشخاص لتعيينهم",
    ),
    _rule(
        "memberships.read",
        "head head_office manager specialist administrator unit own",
        "See who holds which role in the entity",
        "الاطلاع على شاغلي الأدوار في الجهة",
    ),
    _rule(
        "memberships.create",
        "administrator head manager",
        "Appoint; which of them may, depends on the role (memberships.appoint_*)",
        "التعيين، ويتحدد صاحب الصلاحية بحسب الدور",
        "O-6",
        recordable=True,
    ),
    _rule(
        "memberships.end",
        "step:appoint",
        "End a membership: the party that appoints to the role",
        "إنهاء عضوية، لمن له صلاحية التعيين في الدور",
        "O-6",
        recordable=True,
    ),
    _rule(
        "memberships.appoint_head",
        "administrator",
        "Name the head and the head's office",
        "تسمية رئيس الوحدة ومكتبه",
        "O-6",
    ),
    _rule(
        "memberships.appoint_office",
        "head",
        "Appoint and end the manager, representatives and experts; name acting holders of a post",
        "تعيين مدير المكتب والممثلين والخبراء وإنهاء تكليفهم، وتكليف القائمين بالأعمال",
        "O-3, O-4, O-6, O-7",
        recordable=True,
    ),
    _rule(
        "memberships.appoint_unit",
        "head",
        "Appoint UNIT's editors and specialists",
        "تعيين محرري وأخصائيي وحدة المتابعة",
        "O-9",
        recordable=True,
    ),
    _rule(
        "memberships.appoint_staff",
        "manager",
        "Appoint specialists and name the divisions' people",
        "تعيين الأخصائيين وتسمية موظفي التقسيمات",
        "O-2, O-8",
    ),
    _rule(
        "assignments.read",
        "head head_office manager specialist own",
        "See who is assigned to what",
        "الاطلاع على التكليفات",
    ),
    _rule(
        "assignments.create",
        "manager",
        "Assign a person to a subject for a time",
        "تكليف شخص بموضوع لمدة محددة",
        "O-3, O-4",
    ),
    _rule("assignments.end", "manager", "End an assignment", "إنهاء تكليف", "O-3, O-4"),
    _rule(
        "delegations.read",
        "head head_office manager specialist own",
        "See the delegations of the entity",
        "الاطلاع على التفويضات",
    ),
    _rule(
        "delegations.create",
        "manager",
        "Delegate an action of one's post to a specialist for a time",
        "تفويض أخصائي بأحد إجراءات المنصب لمدة محددة",
    ),
    _rule("delegations.end", "manager head", "End a delegation", "إنهاء تفويض", recordable=True),
    _rule(
        "decisions.read",
        "head head_office manager own",
        "Read the recorded decisions of the head",
        "الاطلاع على قرارات رئيس الوحدة المسجلة",
        "O-6",
    ),
    _rule("service_accounts.read", "own administrator", "See service accounts", "الاطلاع على حسابات الخدمة"),
    _rule(
        "service_accounts.create",
        "anyone",
        "Make a service account with some of one's own actions",
        "إنشاء حساب خدمة ببعض الصلاحيات الشخصية",
    ),
    _rule("service_accounts.end", "own administrator", "End a service account", "إنهاء حساب خدمة"),
    # Role plans
    _rule(
        "role_plans.read",
        "head head_office manager specialist division_member unit",
        "Read the entity's role plan",
        "قراءة خطة توزيع الأدوار",
        "P-13",
    ),
    _rule("role_plans.create", "manager", "Draft a role plan", "إعداد خطة توزيع الأدوار", "P-13"),
    _rule(
        "role_plans.edit", "manager", "Edit the drafted role plan", "تعديل مسودة خطة توزيع الأدوار", "P-13"
    ),
    _rule(
        "role_plans.submit", "manager", "Put the role plan before the head", "رفع خطة توزيع الأدوار", "P-13"
    ),
    _rule(
        "role_plans.approve",
        "head",
        "Approve the role plan",
        "اعتماد خطة توزيع الأدوار",
        "P-13",
        control=True,
        recordable=True,
    ),
    _rule(
        "role_plans.return",
        "head",
        "Return the role plan with a reason",
        "إعادة خطة توزيع الأدوار مع بيان السبب",
        "P-13",
        control=True,
        recordable=True,
    ),
    # Results
    _rule("results.read", "anyone", "Read what is visible of results", "قراءة النتائج المتاحة", "D-2, V-3"),
    _rule("results.create", "step:enter", "Enter a result", "إدخال نتيجة", "D-2"),
    _rule(
        "results.edit",
        "step:enter",
        "Correct a draft; never who verified its evidence",
        "تصحيح مسودة، ولا يتولاه من تحقق من أدلتها",
        "D-2",
        edits=True,
    ),
    _rule("results.discard", "step:enter", "Discard a draft", "استبعاد مسودة", "D-2"),
    _rule("results.submit", "step:enter", "Submit a result for review", "رفع نتيجة للمراجعة", "D-2"),
    _rule(
        "results.withdraw",
        "step:enter",
        "Take a submitted result back before the first decision",
        "سحب نتيجة قبل أول قرار",
        "D-2",
    ),
    _rule(
        "results.review",
        "step:review",
        "Pass a result on to the office",
        "مراجعة نتيجة وإحالتها إلى المكتب",
        "D-2",
        control=True,
        recordable=True,
    ),
    _rule(
        "results.return",
        "step:control",
        "Return a result with a reason, at the step that controls it now",
        "إعادة نتيجة مع بيان السبب في خطوة الرقابة الحالية",
        "D-2",
        control=True,
        recordable=True,
        delegable_as="results.approve",
    ),
    _rule(
        "results.approve",
        "step:approve",
        "Approve a result",
        "اعتماد نتيجة",
        "D-2",
        control=True,
        recordable=True,
        delegable_as="results.approve",
    ),
    _rule(
        "results.decide_many",
        "anyone",
        "Send up to 500 decisions at once; each is checked by its own rule",
        "إرسال ما يصل إلى 500 قرار معًا، ويُفحص كل منها بقاعدته",
        "D-2",
    ),
    _rule(
        "results.correct",
        "step:enter",
        "Open a correction of an approved result, once a reopening is granted",
        "فتح تصحيح لنتيجة معتمدة بعد منح الإذن",
        "D-2",
    ),
    # Evidence
    _rule("evidence.read", "anyone", "Read what is visible of evidence", "قراءة الأدلة المتاحة", "V-1, V-3"),
    _rule(
        "evidence.create",
        "step:attach",
        "Attach evidence to what one may edit",
        "إرفاق دليل بما يملك الشخص تعديله",
        "V-1",
    ),
    _rule(
        "evidence.edit",
        "step:attach",
        "Describe evidence otherwise before it is decided about",
        "تعديل وصف دليل قبل البت فيه",
        "V-1",
    ),
    _rule("evidence.upload", "step:attach", "Upload the file of evidence", "رفع ملف دليل", "V-1"),
    _rule(
        "evidence.withdraw",
        "step:attach",
        "Take evidence back before it is decided about",
        "سحب دليل قبل البت فيه",
        "V-1",
    ),
    _rule(
        "evidence.supersede",
        "step:attach",
        "Bring evidence that takes the place of another",
        "تقديم دليل يحل محل دليل آخر",
        "V-1",
    ),
    _rule(
        "evidence.verify",
        "step:verify",
        "Verify evidence: the technical representative assigned or a specialist; for the definition of a vision"
        " indicator UNIT",
        "التحقق من دليل: الممثل الفني المكلف أو أخصائي، ولتعريف مؤشر الرؤية وحدة المتابعة",
        "V-2",
        control=True,
        recordable=True,
    ),
    _rule(
        "evidence.reject",
        "step:verify",
        "Reject evidence with a reason",
        "رفض دليل مع بيان السبب",
        "V-2",
        control=True,
        recordable=True,
    ),
    # Reopenings
    _rule(
        "reopenings.read",
        "head head_office manager specialist step:enter step:review unit",
        "See what was asked to be reopened",
        "الاطلاع على طلبات إعادة الفتح",
    ),
    _rule(
        "reopenings.ask",
        "manager",
        "Ask leave to correct an approved result",
        "طلب الإذن بتصحيح نتيجة معتمدة",
        "D-2",
    ),
    _rule(
        "reopenings.grant",
        "step:approve",
        "Grant the leave: UNIT for vision and scorecard indicators, the head for others",
        "منح الإذن: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ورئيس الوحدة لغيرها",
        "I-5, D-2",
        control=True,
        recordable=True,
    ),
    _rule(
        "reopenings.refuse",
        "step:approve",
        "Refuse the leave with a reason",
        "رفض الإذن مع بيان السبب",
        "I-5, D-2",
        control=True,
        recordable=True,
    ),
)

RULES: dict[str, Rule] = {rule.action: rule for rule in _TABLE}
PUBLIC = "public"
"""Permission of the few routes that need no sign-in."""

DELEGABLE = tuple(rule.action for rule in _TABLE if rule.delegable_as == rule.action)


def entitlement(actor: Actor, action: str, facts: Facts) -> Entitlement:
    """By what right `actor` may take `action` on the subject.

    Raises Forbidden when no rule gives the right, FourEyes when it is barred for this person only
    because they entered, edited or already controlled the revision, or verified evidence of what they would edit.
    """
    rule = RULES[action]
    require_not_narrowed(actor, action)
    found = _by_party(actor, rule, facts) or _by_delegation(actor, rule, facts)
    # Recording is free of four eyes: what counts is the head in whose name it is decided.
    if found is not None and (found.records or not _barred_from(rule, actor.person_id, facts)):
        return found
    exception = _by_exception(actor, rule, facts)
    if exception is not None:
        return exception
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


def may_decide(person_id: UUID, facts: Facts) -> bool:
    """Four eyes for the person in whose name a control step is taken (a head whose office records it)."""
    return not _barred(person_id, facts)


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
    """Where four eyes leaves nobody, the head decides with a reason (design, role rules)."""
    if rule.action not in facts.nobody_left:
        return None
    head, office = party_key(Role.HEAD, facts.entity_id), party_key(Role.HEAD_OFFICE, facts.entity_id)
    if head in actor.keys and not _barred(actor.person_id, facts):
        return Entitlement(head, exceptional=True)
    if office in actor.keys and actor.only is None:
        return Entitlement(office, records=True, exceptional=True)
    return None


_NARROWED = Text(
    "The service account was made without this action.",
    "أُنشئ حساب الخدمة دون هذه الصلاحية.",
)
