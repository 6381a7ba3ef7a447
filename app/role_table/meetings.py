"""Who may do what: series of meetings, meetings and their decisions."""

from app.role_table.rule import rule

_OFFICE = "manager specialist"

RULES = (
    rule("meetings.read", "anyone", "Read what is visible of meetings", "قراءة الاجتماعات المتاحة", "M-2"),
    rule(
        "meetings.plan",
        _OFFICE,
        "Plan a meeting and invite to it",
        "التخطيط لاجتماع والدعوة إليه",
        "M-1, M-2",
    ),
    rule(
        "meetings.edit",
        _OFFICE,
        "Change a planned meeting, or write the minutes of one that was held",
        "تعديل اجتماع مخطط أو تدوين محضر اجتماع عُقد",
        "M-2",
    ),
    rule(
        "meetings.set_agenda", _OFFICE, "Set the agenda of a meeting", "إعداد جدول أعمال اجتماع", "M-2, X-1"
    ),
    rule(
        "meetings.cancel",
        _OFFICE,
        "Cancel a planned meeting with a reason",
        "إلغاء اجتماع مع بيان السبب",
        "M-2",
    ),
    rule(
        "meetings.hold",
        _OFFICE,
        "Record that a meeting was held, and who attended",
        "تسجيل انعقاد اجتماع والحضور",
        "M-2",
    ),
    rule(
        "meetings.record_decision",
        _OFFICE,
        "Record a decision of a meeting that was held",
        "تسجيل قرار لاجتماع عُقد",
        "M-2, X-1",
    ),
    rule(
        "meetings.confirm",
        "step:confirm",
        "Confirm the minutes of a meeting; never by who wrote them",
        "اعتماد محضر اجتماع، ولا يتولاه من دوّنه",
        "M-2",
        control=True,
        recordable=True,
    ),
    rule(
        "meeting_series.read",
        "anyone",
        "Read what is visible of series of meetings",
        "قراءة سلاسل الاجتماعات المتاحة",
        "M-2",
    ),
    rule(
        "meeting_series.plan",
        _OFFICE,
        "Plan a series of meetings and invite to them",
        "التخطيط لسلسلة اجتماعات والدعوة إليها",
        "M-1, M-2",
    ),
    rule(
        "meeting_series.end",
        _OFFICE,
        "End a series, which cancels what lies ahead of it and one may cancel oneself",
        "إنهاء سلسلة اجتماعات، ويُلغى ما لم يحن موعده منها مما يحق لمن ينهيها إلغاؤه",
        "M-2",
    ),
    rule(
        "meeting_decisions.read",
        "anyone",
        "Read the decisions of meetings that are visible",
        "قراءة قرارات الاجتماعات المتاحة",
        "M-2",
    ),
    rule(
        "meeting_decisions.edit",
        _OFFICE,
        "Say a decision otherwise while the minutes are not confirmed",
        "تعديل نص قرار ما دام المحضر لم يُعتمد",
        "M-2",
    ),
    rule(
        "meeting_decisions.withdraw",
        _OFFICE,
        "Withdraw a decision while the minutes are not confirmed",
        "سحب قرار ما دام المحضر لم يُعتمد",
        "M-2",
    ),
)
