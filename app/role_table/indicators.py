"""Who may do what: indicators."""

from app.role_table.rule import rule

RULES = (
    rule("indicators.read", "anyone", "Read indicator definitions", "قراءة تعريفات المؤشرات"),
    rule(
        "indicators.create",
        "specialist unit_editor",
        "Draft an indicator: the owner's specialist a main, special or excellence one, UNIT a vision one",
        "إعداد مؤشر: يعدّ أخصائي الجهة المؤشر الرئيسي أو الخاص أو مؤشر الإجادة، وتعدّ وحدة المتابعة مؤشر الرؤية",
        "I-1, I-2, I-4, I-9",
    ),
    rule(
        "indicators.edit",
        "step:define",
        "Correct what an indicator is called; while it is a draft, also what it measures",
        "تصحيح أسماء المؤشر، وما يقيسه ما دام مسودة",
        "I-1, I-2",
    ),
    rule(
        "indicators.put_in_charge",
        "manager",
        "Name the division in charge of an indicator",
        "تسمية التقسيم المسؤول عن المؤشر",
        "D-2",
    ),
    rule(
        "indicators.name_enterer",
        "step:name_enterer",
        "Say whether the owner or UNIT enters the figures of a vision indicator (international indices)",
        "تحديد من يدخل قيم مؤشر الرؤية: الجهة المالكة أو وحدة المتابعة (المؤشرات الدولية)",
        "I-1, D-2",
    ),
    rule(
        "indicators.declare_contributors",
        "manager",
        "Say whether other entities contribute to an indicator",
        "بيان ما إذا كانت جهات أخرى تسهم في المؤشر",
        "I-3",
    ),
    rule(
        "indicators.retire",
        "step:retire",
        "Retire an indicator: the owner's manager, for a vision indicator UNIT",
        "إنهاء العمل بمؤشر: مدير مكتب الجهة المالكة، ووحدة المتابعة لمؤشر الرؤية",
        "I-1, I-2",
    ),
    rule(
        "schedules.set",
        "step:schedule",
        "Set how often an indicator is measured and when its figures are due: UNIT for vision and scorecard"
        " indicators, the manager for the entity's own",
        "تحديد دورية المؤشر ومواعيد قيمه: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ومدير المكتب لغيرها",
        "D-2",
    ),
    rule(
        "indicators.require_evidence",
        "step:schedule",
        "Say what evidence each result of an indicator must carry: UNIT for vision and scorecard indicators, the"
        " manager for the entity's own",
        "تحديد الأدلة التي يجب أن ترافق كل نتيجة للمؤشر: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ومدير المكتب لغيرها",
        "V-1",
    ),
    rule(
        "definitions.read", "anyone", "Read what is visible of definitions", "قراءة التعريفات المتاحة", "I-6"
    ),
    rule(
        "definitions.create",
        "step:define",
        "Open a new version of an indicator's definition",
        "فتح نسخة جديدة من تعريف المؤشر",
        "I-6",
    ),
    rule(
        "definitions.edit",
        "step:define",
        "Change a drafted definition: method, targets, thresholds; never who verified its evidence",
        "تعديل مسودة تعريف: المنهجية والمستهدفات والحدود، ولا يتولاه من تحقق من أدلتها",
        "I-6",
        edits=True,
    ),
    rule("definitions.discard", "step:define", "Discard a drafted definition", "استبعاد مسودة تعريف", "I-6"),
    rule(
        "definitions.submit",
        "step:define",
        "Submit a definition to be confirmed",
        "رفع تعريف للتحقق منه",
        "I-6, I-7",
    ),
    rule(
        "definitions.withdraw",
        "step:define",
        "Take a submitted definition back before it is confirmed",
        "سحب تعريف قبل التحقق منه",
        "I-6",
    ),
    rule(
        "definitions.confirm",
        "step:confirm",
        "Confirm that an indicator is accurate and how it is calculated: the technical representative assigned,"
        " or another specialist; for a vision indicator another of UNIT",
        "تأكيد دقة المؤشر وطريقة احتسابه: الممثل الفني المكلف أو أخصائي آخر، ولمؤشر الرؤية شخص آخر من وحدة المتابعة",
        "I-7",
        control=True,
        recordable=True,
    ),
    rule(
        "definitions.return",
        "step:control",
        "Return a definition with a reason, at the step that controls it now",
        "إعادة تعريف مع بيان السبب في خطوة الرقابة الحالية",
        "I-7",
        control=True,
        recordable=True,
    ),
    rule(
        "definitions.activate",
        "step:activate",
        "Put a confirmed definition in force: the manager, for a vision indicator UNIT",
        "اعتماد تعريف متحقق منه والعمل به: مدير المكتب، ووحدة المتابعة لمؤشر الرؤية",
        "I-1, I-6",
        control=True,
        recordable=True,
    ),
)
