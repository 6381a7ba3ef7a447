"""Who may do what: communication plans and their activities."""

from app.role_table.rule import rule

RULES = (
    rule(
        "communication_plans.read",
        "anyone",
        "Read what is visible of communication plans",
        "قراءة خطط التواصل المتاحة",
        "C-1",
    ),
    rule(
        "communication_plans.create",
        "step:enter",
        "Draft the communication plan of a year: the communication division, or the media representative assigned",
        "إعداد خطة التواصل لسنة: دائرة التواصل والإعلام أو الممثل الإعلامي المكلف",
        "O-4, C-1",
    ),
    rule(
        "communication_plans.edit", "step:enter", "Change a drafted plan", "تعديل مسودة خطة تواصل", "O-4, C-1"
    ),
    rule(
        "communication_plans.discard",
        "step:enter",
        "Discard a drafted plan",
        "استبعاد مسودة خطة تواصل",
        "C-1",
    ),
    rule(
        "communication_plans.submit",
        "step:enter",
        "Submit a plan to be approved",
        "رفع خطة تواصل للاعتماد",
        "C-1",
    ),
    rule(
        "communication_plans.withdraw",
        "step:enter",
        "Take a submitted plan back before it is decided about",
        "سحب خطة تواصل قبل البت فيها",
        "C-1",
    ),
    rule(
        "communication_plans.return",
        "step:approve",
        "Return a plan with a reason",
        "إعادة خطة تواصل مع بيان السبب",
        "C-1",
        control=True,
        recordable=True,
    ),
    rule(
        "communication_plans.approve",
        "step:approve",
        "Approve a communication plan",
        "اعتماد خطة تواصل",
        "C-1",
        control=True,
        recordable=True,
    ),
    rule(
        "communication_plans.revise",
        "step:enter",
        "Begin a new version of an approved plan, with a reason",
        "بدء نسخة جديدة من خطة تواصل معتمدة مع بيان السبب",
        "C-1",
    ),
    rule(
        "communication_plans.ask_support",
        "step:enter manager",
        "Ask UNIT to support an approved plan",
        "طلب دعم وحدة المتابعة لخطة تواصل معتمدة",
        "C-1",
    ),
    rule(
        "communication_plans.answer_support",
        "step:support",
        "Answer what was asked of UNIT",
        "الرد على طلب الدعم",
        "C-1",
    ),
    rule(
        "communication_activities.read",
        "anyone",
        "Read what is visible of the activities of communication plans",
        "قراءة أنشطة التواصل المتاحة",
        "C-1, C-2",
    ),
    rule(
        "communication_activities.create",
        "step:enter",
        "Add an activity to a draft, or with a reason to an approved plan",
        "إضافة نشاط إلى مسودة خطة، أو إلى خطة معتمدة مع بيان السبب",
        "C-1, C-2",
    ),
    rule(
        "communication_activities.edit",
        "step:enter",
        "Change an activity of a drafted plan",
        "تعديل نشاط في مسودة خطة",
        "C-1",
    ),
    rule(
        "communication_activities.report",
        "step:enter",
        "Tell what came of an activity",
        "الإبلاغ عن نتيجة نشاط",
        "C-1, C-2",
    ),
    rule(
        "communication_activities.cancel",
        "step:enter",
        "Cancel an activity, with a reason",
        "إلغاء نشاط مع بيان السبب",
        "C-1",
    ),
)
