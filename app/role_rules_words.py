"""What the role rules call parties and chains, in English and Arabic."""

from app.enums import Chain, Party, Role
from app.errors import Text
from app.parties import ADMINISTRATOR, UNIT, UNIT_EDITOR
from app.permissions import ANYONE, OWN

PARTIES: dict[str, Text] = {
    ANYONE: Text("anyone who is signed in", "كل من سجّل الدخول"),
    OWN: Text("the person whose own it is", "صاحب الشأن نفسه"),
    ADMINISTRATOR: Text(
        "an administrator, who has no right on data", "مدير النظام، ولا صلاحية له على البيانات"
    ),
    UNIT: Text("UNIT, the Vision 2040 follow-up unit", "وحدة متابعة تنفيذ رؤية عُمان 2040"),
    UNIT_EDITOR: Text("an editor of UNIT", "محرر في وحدة المتابعة"),
    Role.HEAD: Text("the head of the entity, or the acting head", "رئيس الوحدة أو القائم بأعماله"),
    Role.HEAD_OFFICE: Text("the office of the entity's head", "مكتب رئيس الوحدة"),
    Role.MANAGER: Text(
        "the manager of the entity's vision office, or the acting manager",
        "مدير مكتب الرؤية في الجهة أو القائم بأعماله",
    ),
    Role.SPECIALIST: Text("a specialist of the entity's vision office", "أخصائي في مكتب الرؤية في الجهة"),
    Role.DIVISION_HEAD: Text("the head of the division", "رئيس التقسيم الإداري"),
    Role.DIVISION_MEMBER: Text("a member of one of the entity's divisions", "موظف في أحد تقسيمات الجهة"),
    Party.PLANNING: Text("the entity's planning directorate", "دائرة التخطيط في الجهة"),
    Party.FINANCE: Text("the entity's financial affairs", "الشؤون الإدارية والمالية في الجهة"),
    Party.COMMUNICATION: Text("the entity's communication division", "دائرة التواصل والإعلام في الجهة"),
    Party.ADVISORY_COMMITTEE: Text("the entity's advisory committee", "اللجنة الاستشارية في الجهة"),
    Party.EXECUTING: Text(
        "the division in charge; where none is named, only the substitutes after it in the chain",
        "التقسيم المنفذ المسؤول، وإن لم يُسمَّ فالبدلاء التالون له في السلسلة فقط",
    ),
    Party.DIVISION: Text("the division that the role plan names", "التقسيم الذي تسميه خطة توزيع الأدوار"),
    "step:appoint": Text("the party that appoints to the role", "من له صلاحية التعيين في الدور"),
    "step:close": Text(
        "the manager or a specialist of the entity's vision office",
        "مدير مكتب الرؤية في الجهة أو أخصائي فيه",
    ),
    "step:check": Text(
        "the technical representative who is assigned to the initiative, a specialist or the manager of the office",
        "الممثل الفني المكلف بالمبادرة، أو أخصائي المكتب أو مديره",
    ),
    "step:enter": Text(
        "whom the chain of the entity's role plan names to enter",
        "من تسميه سلسلة الأدوار في الجهة للإدخال",
    ),
    "step:review": Text(
        "whom the chain of the entity's role plan names to review",
        "من تسميه سلسلة الأدوار في الجهة للمراجعة",
    ),
    "step:approve": Text(
        "whom the chain of the entity's role plan names to approve",
        "من تسميه سلسلة الأدوار في الجهة للاعتماد",
    ),
    "step:control": Text(
        "whom the chain names for the control step that is due",
        "من تسميه سلسلة الأدوار لخطوة الرقابة المستحقة",
    ),
    "step:define": Text(
        "the owner's specialists; for a vision indicator the editors of UNIT",
        "أخصائيو الجهة المالكة، ومحررو وحدة المتابعة لمؤشر الرؤية",
    ),
    "step:confirm": Text(
        "the technical representative who is assigned to the indicator, or another specialist of the owner;"
        " for a vision indicator another person of UNIT",
        "الممثل الفني المكلف بالمؤشر أو أخصائي آخر في الجهة المالكة، ولمؤشر الرؤية شخص آخر من وحدة المتابعة",
    ),
    "step:activate": Text(
        "the manager of the owner; for a vision indicator UNIT",
        "مدير مكتب الجهة المالكة، ووحدة المتابعة لمؤشر الرؤية",
    ),
    "step:align": Text(
        "the technical representative who is assigned to it, a specialist or the manager",
        "الممثل الفني المكلف أو أخصائي أو مدير المكتب",
    ),
    "step:draft": Text("a specialist of the owner", "أخصائي في الجهة المالكة"),
    "step:assure": Text(
        "the technical representative who is assigned to it or to its indicator, or another specialist",
        "الممثل الفني المكلف بها أو بمؤشرها أو أخصائي آخر",
    ),
    "step:carry_out": Text(
        "the division of the action, or a specialist",
        "التقسيم المكلف بالإجراء أو أخصائي",
    ),
    "step:retire": Text(
        "the manager of the owner; for a vision indicator an editor of UNIT",
        "مدير مكتب الجهة المالكة، ومحرر في وحدة المتابعة لمؤشر الرؤية",
    ),
    "step:name_enterer": Text(
        "an editor of UNIT, of a vision indicator only",
        "محرر في وحدة المتابعة، ولمؤشرات الرؤية وحدها",
    ),
    "step:schedule": Text(
        "an editor of UNIT for vision and scorecard indicators; the manager of the owner for all others",
        "محرر في وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ومدير مكتب الجهة المالكة لغيرها",
    ),
    "step:answer": Text(
        "the manager of the entity that is invited or contributes",
        "مدير المكتب في الجهة المدعوة أو المسهمة",
    ),
    "step:explain": Text(
        "the manager or a specialist of the owner or of the contributor",
        "مدير المكتب أو الأخصائي في الجهة المالكة أو الجهة المسهمة",
    ),
    "step:endorse": Text("the head of the executing division", "رئيس التقسيم المنفذ"),
    "step:support": Text("UNIT, where its support was asked for", "وحدة المتابعة، إذا طُلب دعمها"),
    "step:attach": Text(
        "who may edit what the evidence is about: who enters a result or a progress report, defines an indicator, drafts or"
        " carries out an improvement plan, carries out an initiative, may check it on the ground, runs a communication"
        " plan, has the stage of a path, where the head has it the head's office too; of a challenge or a risk the office, the"
        " head's office, who is in charge of it and who works on what it is about; of a meeting the office; of an action its"
        " owner; of a restricted challenge, risk or meeting who opened, registered or planned it, in the specialists' stead",
        "من يملك تعديل ما يتعلق به الدليل: من يُدخل النتيجة أو تقرير الإنجاز، ومن يعدّ تعريف المؤشر، ومن يعدّ خطة التحسين"
        " أو ينفذها، ومن ينفذ المبادرة، ومن يسجل الزيارات الميدانية، ومن ينفذ خطة التواصل، ومن يتولى مرحلة المسار ومعه"
        " مكتب رئيس الوحدة إذا كانت لرئيس الوحدة، وللتحدي أو الخطر مكتب الرؤية ومكتب رئيس الوحدة والمسؤول عنه ومن يعمل على"
        " موضوعه، وللاجتماع مكتب الرؤية، وللإجراء المسؤول عنه، وللمقيّد من التحديات والمخاطر والاجتماعات من فتحه أو"
        " سجّله أو خطط له بدلًا من الأخصائيين",
    ),
    "step:work": Text(
        "the division that owns the challenge, when it is opened the one in charge of what it is about",
        "التقسيم المسؤول عن التحدي، وعند فتحه التقسيم المسؤول عن موضوعه",
    ),
    "step:hold": Text(
        "whoever holds it: in the office the manager, above it the head, UNIT, or for committees and outside bodies the"
        " head's office",
        "من يتولى المستوى: مدير المكتب، أو رئيس الوحدة، أو وحدة المتابعة، أو مكتب رئيس الوحدة عن اللجان والجهات الخارجية",
    ),
    "step:decide": Text(
        "the head of what the head holds, UNIT of what it holds",
        "رئيس الوحدة فيما لديه، ووحدة المتابعة فيما لديها",
    ),
    "step:accept": Text(
        "the manager where the score is below the threshold of the settings, the head from it on",
        "مدير المكتب إذا كانت الدرجة دون الحد المضبوط، ورئيس الوحدة من الحد فأعلى",
    ),
    "step:analyse": Text(
        "the technical representative who is assigned to the challenge or to what it is about, or the manager",
        "الممثل الفني المكلف بالتحدي أو بموضوعه، أو مدير المكتب",
    ),
    "step:propose": Text(
        "anyone who holds a role in the entity, but who is a media representative only",
        "كل من له دور في الجهة عدا من ليس إلا ممثلًا إعلاميًا",
    ),
    "step:sort": Text(
        "the entity's planning directorate, a specialist or the manager of its vision office",
        "دائرة التخطيط في الجهة أو أخصائي في مكتب الرؤية أو مديره",
    ),
    "step:act": Text(
        "whom the stage of the path names, in order; one of them will do, unless it asks for several",
        "من تسميه مرحلة المسار بالترتيب، ويكفي أحدهم ما لم تطلب المرحلة أكثر من طرف",
    ),
    "step:verify": Text(
        "the technical representative who is assigned to the subject, its indicator or initiative, or a specialist of the"
        " owner; of a restricted action, challenge, meeting or risk the manager; for the definition of a vision"
        " indicator another person of UNIT; never who entered or edited the subject, or brought evidence of it",
        "الممثل الفني المكلف بالموضوع أو بمؤشره أو أخصائي في الجهة المالكة، وللمقيّد من الإجراءات"
        " والتحديات والاجتماعات والمخاطر مدير المكتب، ولتعريف مؤشر الرؤية شخص آخر من وحدة المتابعة،"
        " ولا يتولاه من أدخل الموضوع أو عدّله أو قدّم أدلة عليه",
    ),
}
"""How each party of the table stands to the subject."""

_GRANTOR = Text(
    "UNIT for vision and scorecard indicators; the head of the entity for all others",
    "وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ورئيس الوحدة لغيرها",
)

_EXECUTING = Text(
    "the initiative's project manager, or whom the chain of detailed plans names to enter: the division in charge",
    "مدير مشروع المبادرة، أو من تسميه سلسلة الخطط التفصيلية للإدخال: التقسيم المسؤول",
)
_APPROVER = Text(
    "the manager of the office; of a foresight initiative the technical representative who is assigned to it",
    "مدير المكتب، وللمبادرة الاستشرافية الممثل الفني المكلف بها",
)

PARTIES_OF_AREA: dict[tuple[str, str], Text] = {
    ("meetings", "step:confirm"): Text(
        "the manager or a specialist of the entity's vision office; of a restricted meeting the manager alone",
        "مدير مكتب الرؤية في الجهة أو أخصائي فيه، وللاجتماع المقيّد المدير وحده",
    ),
    ("indicators", "step:define"): Text(
        "who defines it while it is a draft; once it is active, an editor of UNIT",
        "من يعدّ تعريفه ما دام مسودة، ومحرر في وحدة المتابعة بعد تفعيله",
    ),
    ("definitions", "step:control"): Text(
        "who confirms it or who puts it in force, whichever is due",
        "من يتحقق منه أو من يعتمد العمل به، بحسب الخطوة المستحقة",
    ),
    **dict.fromkeys(
        (("communication_plans", "step:enter"), ("communication_activities", "step:enter")),
        Text(
            "whom the chain of the entity's role plan names to enter, or the media representative who is assigned to the"
            " plan or to what it is about",
            "من تسميه سلسلة الأدوار في الجهة للإدخال، أو الممثل الإعلامي المكلف بالخطة أو بموضوعها",
        ),
    ),
    ("plans", "step:enter"): Text(
        "whom the chain of the entity's role plan names to enter plans, or a specialist",
        "من تسميه سلسلة الأدوار في الجهة لإعداد الخطط، أو أخصائي",
    ),
    ("plans", "step:verify"): Text(
        "the manager or a specialist of the vision office, or the technical representative who is assigned to the"
        " plan; never who entered or edited it",
        "مدير مكتب الرؤية أو أخصائي فيه أو الممثل الفني المكلف بالخطة، ولا يتولاه من أعدّها أو عدّلها",
    ),
    ("path_runs", "step:enter"): Text(
        "of a plan, whom the chain of plans in the entity's role plan names to enter",
        "للخطة: من تسميه سلسلة الخطط في خطة توزيع الأدوار للإدخال",
    ),
    ("risks", "step:work"): Text(
        "the division that owns the risk, when it is registered the one in charge of what it is about; and who works on"
        " that: the project manager, who enters the plan, the parties of the stage, the divisions of the improvement plan",
        "التقسيم المسؤول عن الخطر، وعند تسجيله المسؤول عن موضوعه؛ ومن يعمل على موضوعه: مدير المشروع، ومن يُدخل الخطة،"
        " وأطراف المرحلة، وتقسيمات خطة التحسين",
    ),
    ("risks", "step:answer"): Text(
        "the head of what was raised to the head, UNIT of what was raised to it",
        "رئيس الوحدة فيما رُفع إليه، ووحدة المتابعة فيما رُفع إليها",
    ),
    ("improvement_plans", "step:control"): Text(
        "who assures its quality or who approves it, whichever is due",
        "من يضمن جودتها أو من يعتمدها، بحسب الخطوة المستحقة",
    ),
    ("improvement_plans", "step:approve"): Text("the manager of the owner", "مدير مكتب الجهة المالكة"),
    ("initiatives", "step:enter"): _EXECUTING,
    ("progress_reports", "step:enter"): _EXECUTING,
    ("initiatives", "step:approve"): _APPROVER,
    ("initiatives", "step:control"): _APPROVER,
    ("actions", "step:carry_out"): Text(
        "the owner: that person, or whoever is of the division that owns it",
        "المسؤول عن الإجراء: الشخص المسمى، أو من ينتمي إلى التقسيم المسؤول",
    ),
    ("actions", "step:confirm"): Text(
        "the manager or a specialist of the office; of a restricted action the manager alone",
        "مدير المكتب أو أخصائي فيه، وللإجراء المقيّد الاطلاع مدير المكتب وحده",
    ),
    ("evaluations", "step:approve"): Text("the manager of the office", "مدير المكتب"),
    ("obligations", "step:approve"): _GRANTOR,
    ("reopenings", "step:approve"): _GRANTOR,
}
"""Where a step of an area is no step of a chain."""

CHAINS: dict[Chain, Text] = {
    Chain.RESULTS: Text("Results of indicators", "نتائج المؤشرات"),
    Chain.PLANS: Text("Annual plans", "الخطط السنوية"),
    Chain.DETAILED_PLANS: Text("Detailed execution plans", "الخطط التنفيذية التفصيلية"),
    Chain.REPORTS: Text("Reports", "التقارير"),
    Chain.COMMUNICATION: Text("Communication plans", "خطط التواصل"),
}
