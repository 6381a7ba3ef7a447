"""Who may do what: path runs and their stages."""

from app.role_table.rule import rule

RULES = (
    rule(
        "path_runs.read",
        "anyone",
        "Read what is visible of the paths that are walked, and of their stages",
        "قراءة المتاح من المسارات الجارية ومراحلها",
        "P-3, P-8",
    ),
    rule(
        "path_runs.create",
        "manager specialist step:enter",
        "Start a path for a plan, a scorecard or the entity's year; for a plan also who enters plans",
        "بدء مسار لخطة أو بطاقة مؤشرات أو لسنة الجهة، وللخطة أيضًا من يتولى إدخال الخطط",
        "P-3, P-8, P-13",
    ),
    rule(
        "path_runs.stop",
        "manager",
        "Stop a path before its end, with a reason",
        "إيقاف مسار قبل نهايته مع بيان السبب",
        "P-3, P-8",
    ),
    rule(
        "path_stages.complete",
        "step:act",
        "Take a stage of a path: whoever the stage names; what it controls is never of the same person",
        "إنجاز مرحلة من المسار: من تسميه المرحلة، ولا يتولى الشخص نفسه الرقابة على ما أنجزه",
        "P-3, P-8, P-9",
        delegable_as="path_stages.complete",
        control=True,
        recordable=True,
    ),
    rule(
        "path_stages.approve",
        "step:act",
        "Approve what a stage puts before its party; never who prepared, edited or controlled it",
        "اعتماد ما تعرضه المرحلة على صاحبها، ولا يتولاه من أعدّه أو عدّله أو راجعه",
        "P-3, P-9, O-6",
        control=True,
        recordable=True,
    ),
    rule(
        "path_stages.return",
        "step:act",
        "Return a stage with a reason to an earlier one, from which on the path is walked again",
        "إعادة مرحلة مع بيان السبب إلى مرحلة سابقة يعاد المسار من عندها",
        "P-9",
        delegable_as="path_stages.complete",
        control=True,
        recordable=True,
    ),
    rule(
        "path_stages.skip",
        "step:act",
        "Say with a reason that a stage does not apply, where the template lets it",
        "إفادة بعدم انطباق مرحلة مع بيان السبب حيث يسمح النموذج بذلك",
        "P-8",
        delegable_as="path_stages.complete",
        control=True,
        recordable=True,
    ),
    rule(
        "path_stages.reassign",
        "manager",
        "Give a stage to other parties, with a reason; never one that approves, decides about the subject, records an"
        " answer from outside, or is the head's, the head's office's or UNIT's",
        "إسناد مرحلة إلى أطراف أخرى مع بيان السبب، عدا مراحل الاعتماد والبت في الموضوع وتسجيل الردود الخارجية، ومراحل"
        " رئيس الوحدة ومكتبه ووحدة المتابعة",
        "P-8, P-13",
    ),
)
