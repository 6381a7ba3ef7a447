"""Who may do what: results."""

from app.role_table.rule import rule

RULES = (
    rule("results.read", "anyone", "Read what is visible of results", "قراءة النتائج المتاحة", "D-2, V-3"),
    rule("results.create", "step:enter", "Enter a result", "إدخال نتيجة", "D-2"),
    rule(
        "results.edit",
        "step:enter",
        "Correct a draft; never who verified its evidence",
        "تصحيح مسودة، ولا يتولاه من تحقق من أدلتها",
        "D-2",
        edits=True,
    ),
    rule("results.discard", "step:enter", "Discard a draft", "استبعاد مسودة", "D-2"),
    rule("results.submit", "step:enter", "Submit a result for review", "رفع نتيجة للمراجعة", "D-2"),
    rule(
        "results.withdraw",
        "step:enter",
        "Take a submitted result back before the first decision",
        "سحب نتيجة قبل أول قرار",
        "D-2",
    ),
    rule(
        "results.review",
        "step:review",
        "Pass a result on to the office",
        "مراجعة نتيجة وإحالتها إلى المكتب",
        "D-2",
        control=True,
        recordable=True,
    ),
    rule(
        "results.return",
        "step:control",
        "Return a result with a reason, at the step that controls it now",
        "إعادة نتيجة مع بيان السبب في خطوة الرقابة الحالية",
        "D-2",
        control=True,
        recordable=True,
        delegable_as="results.approve",
    ),
    rule(
        "results.approve",
        "step:approve",
        "Approve a result",
        "اعتماد نتيجة",
        "D-2",
        control=True,
        recordable=True,
        delegable_as="results.approve",
    ),
    rule(
        "results.decide_many",
        "anyone",
        "Send up to 500 decisions at once; each is checked by its own rule",
        "إرسال ما يصل إلى 500 قرار معًا، ويُفحص كل منها بقاعدته",
        "D-2",
    ),
    rule(
        "results.correct",
        "step:enter",
        "Open a correction of an approved result, once a reopening is granted",
        "فتح تصحيح لنتيجة معتمدة بعد منح الإذن",
        "D-2",
    ),
)
