"""What the contract says of the service as a whole, its words and its tags, in English and Arabic."""

TITLE = "Mutabaa · متابعة"
DESCRIPTION = """\
The follow-up service of the Oman Vision 2040 offices: indicators and results, scorecards, plans and their paths,
initiatives and programmes, communication, challenges, risks, meetings and actions; who entered, reviewed and
approved each, and what waits for whom.

خدمة متابعة رؤية عُمان 2040 في مكاتب الجهات: المؤشرات ونتائجها وبطاقاتها، والخطط ومساراتها، والمبادرات والبرامج،
والتواصل، والتحديات، والمخاطر، والاجتماعات والإجراءات، ومن أدخل كلًا منها وراجعه واعتمده، وما ينتظر كل طرف.

- Errors are problem details (RFC 9457) with a stable `code`; `Accept-Language` says in which language.
- Every single resource has an `ETag`; every change and every decision sends it back in `If-Match`.
- Creates and bulk requests carry an `Idempotency-Key`: a repeated request has one effect.
- Lists answer `items` and `next_cursor`; send the cursor back to read on.
- `actions` in a resource says what you may do to it now; `x-permission` here names the rule.

Words · المصطلحات

- Indicator · المؤشر: what is measured; its figure for a period is a result. ما يُقاس، وقيمته لفترة نتيجة.
- Definition · التعريف: how it is measured, with baseline and targets. طريقة القياس وخط الأساس والمستهدفات.
- Whole, part · المؤشر المشترك والمسهم: a shared indicator, and another entity's own that contributes to it.
  مؤشر تشترك فيه جهات، ومؤشر خاص بجهة أخرى يسهم فيه.
- Weight · الوزن: what a part counts for in the whole, in percent. نسبة المؤشر المسهم من المؤشر المشترك.
- Certification · اعتماد المشترك: the owner approves the whole once each part is approved, or its absence
  explained. اعتماد الجهة المالكة بعد اعتماد كل إسهام أو بيان سبب غيابه.
- Schedule · الجدول: how often it is measured, and when figures are due. دورية القياس ومواعيد القيم.
- Obligation · القيمة المستحقة: the figure of one indicator for one period. قيمة مؤشر عن فترة واحدة.
- Late, overdue, closed · متأخرة، متجاوزة للمهلة، مغلقة: past the due day; past the days for being late, and
  still taken; past the last day, and taken no more. بعد موعدها، وبعد مهلة التأخر، وبعد آخر يوم للإدخال.
- Evidence · الدليل: a file that proves what is reported, verified by somebody else.
  ملف يثبت ما يُرفع، ويتحقق منه شخص آخر.
- Scorecard · بطاقة المؤشرات: the indicators an entity answers for in a year, their weights and targets, agreed with
  UNIT. مؤشرات الجهة في السنة وأوزانها ومستهدفاتها المتفق عليها مع وحدة المتابعة.
- Gap · الفجوة: what is missing to a target. ما ينقص لبلوغ المستهدف.
- Improvement plan · خطة التحسين: what is done about a vision indicator. ما يُعمل لتحسين مؤشر رؤية.
- Annual plan, detailed plan · الخطة السنوية والتفصيلية: what an entity does in a year; how a division carries out
  a piece of it. ما تنفذه الجهة في السنة، وكيف ينفذ تقسيم جزءًا منه.
- Path, stage · المسار والمرحلة: the steps by which a plan, a scorecard or an entity's year comes about; one of them,
  with its parties and its day. خطوات إعداد خطة أو بطاقة أو سنة الجهة واعتمادها، وخطوة منها بأطرافها وموعدها.
- Path template · نموذج المسار: a path as data, approved by the head before anything walks it.
  المسار بوصفه بيانات يعتمدها رئيس الجهة قبل العمل به.
- Initiative · المبادرة: work with milestones and money that is to move indicators; also a project, foresight or
  simplification. عمل بمراحل رئيسية ومخصصات يُراد به تحسين مؤشرات، ومنه المشروع والاستشراف والتبسيط.
- Progress report · تقرير التقدم: which milestones an initiative has reached by a day. ما بلغته المبادرة من مراحلها الرئيسية.
- Programme · البرنامج: a national programme that entities share, each with its initiatives.
  برنامج وطني تشترك فيه جهات، لكل منها مبادراتها.
- Communication plan · خطة التواصل: to whom what is said about a year, a plan or an initiative, and by which
  activities. ما يُقال ولمن عن سنة أو خطة أو مبادرة، وبأي أنشطة.
- Challenge · التحدي: what blocks the execution, held by one level at a time. ما يعيق التنفيذ، وهو لدى مستوى واحد.
- Escalation · التصعيد: a challenge goes to the level above, by the routing table, with what was tried.
  رفع التحدي إلى المستوى الأعلى وفق جدول المسارات مع ما جُرب من حلول.
- Risk · الخطر: what may come to hinder the execution, assessed by probability and impact.
  ما قد يعيق التنفيذ، ويُقيَّم باحتماله وأثره.
- Meeting, decision · الاجتماع والقرار: an agenda, who came, minutes that a second person confirms, and what was
  decided. جدول أعمال وحضور ومحضر يؤكده شخص آخر وما اتُّخذ من قرارات.
- Action · الإجراء: what was agreed, with an owner and a day, confirmed by another person of the office once it is
  done. ما اتُّفق عليه، له مسؤول وموعد، ويؤكد تنفيذه شخص آخر من المكتب.
- Evaluation · التقييم: how the progress of a period is judged. الحكم على التقدم في فترة.
- Wait, notification · الانتظار والإشعار: whom a thing waits for and until when; what a person was told of it.
  من ينتظره الأمر وإلى متى، وما أُبلغ به الشخص.
- Reopening · إعادة الفتح: leave, until a day, to correct an approved result or enter a closed period.
  إذن إلى أجل بتصحيح نتيجة معتمدة أو بالإدخال في فترة مغلقة.
"""

TAGS = {
    "auth": "Sign-in, tokens, passwords · تسجيل الدخول والرموز وكلمات المرور",
    "me": "Who I am and what I may do · من أنا وما صلاحياتي",
    "notifications": "What I was told, and how I hear of it · الإشعارات وإعداداتها",
    "inbox": "What waits for me, or for my division · ما ينتظرني أو ينتظر تقسيمتي",
    "calendar-feeds": "Meetings and due days in one's own calendar · الاجتماعات والمواعيد في التقويم الشخصي",
    "dashboard": "The first screen of a phone · الشاشة الأولى للهاتف",
    "entities": "Entities and their divisions · الجهات وتقسيماتها",
    "people": "People, memberships, assignments, delegations · الأشخاص والعضويات والتكليفات والتفويضات",
    "role-plans": "Who enters, reviews and approves in an entity · خطة الأدوار في الجهة",
    "role-rules": "The rules of who may do what · قواعد الصلاحيات",
    "service-accounts": "Programs that sign in · حسابات الخدمة",
    "decisions": "Decisions of a head, recorded by the head's office · قرارات رئيس الجهة",
    "catalogue": "Pillars, priorities, programmes · المحاور والأولويات والبرامج",
    "holidays": "Public holidays · العطل الرسمية",
    "indicators": "Indicators, from draft to retirement · المؤشرات من إعدادها إلى إنهاء العمل بها",
    "definitions": "How indicators are measured, baselines and targets · تعريفات المؤشرات وخطوط الأساس والمستهدفات",
    "schedules": "How often indicators are measured · دورية قياس المؤشرات",
    "contributions": "What entities contribute to shared indicators · إسهام الجهات في المؤشرات المشتركة",
    "results": "Results, from entry to approval · النتائج من الإدخال إلى الاعتماد",
    "evidence": "Evidence: files that prove what is reported · الأدلة المؤيدة لما يُرفع",
    "scoreboard": "Where entities, priorities, pillars and the nation stand · الموقف العام",
    "path-templates": "Approval paths as data: stages, parties, dates · نماذج مسارات الاعتماد",
    "path-runs": "The path that a thing walks, stage by stage · مسارات الاعتماد الجارية ومراحلها",
    "scorecards": "Scorecards: indicators, weights, targets of a year · بطاقات مؤشرات الجهات",
    "improvement-plans": "Plans to improve vision indicators · خطط تحسين مؤشرات الرؤية",
    "plans": "Development and annual plans · الخطط الخمسية والسنوية",
    "proposals": "Proposals from all staff for the annual plan · مقترحات الموظفين للخطة السنوية",
    "detailed-plans": "Detailed execution plans · الخطط التنفيذية التفصيلية",
    "initiatives": "Initiatives, projects and programmes: milestones, budgets, progress · المبادرات والمشاريع والبرامج",
    "communication-plans": "Communication plans and their activities · خطط التواصل وأنشطتها",
    "obligations": "The figures that are due, from whom and when · القيم المستحقة ومواعيدها",
    "uploads": "Files of evidence that come in pieces (tus) · رفع ملفات الأدلة على أجزاء",
    "challenges": "What blocks the execution, level by level · التحديات وتصعيدها",
    "actions": "What was agreed: owner, day, outcome, confirmation · متابعة الإجراءات وتنفيذها",
    "evaluations": "How the progress of a period is judged · التقييم الدوري للتقدم",
    "meetings": "Meetings: series, invitations, agenda, minutes, decisions · الاجتماعات ومحاضرها وقراراتها",
    "escalation-routes": "Who escalates what to whom, and in how many days · جدول مسارات التصعيد",
    "risks": "What may hinder the execution: assessed, ranked, treated · المخاطر وتقييمها ومعالجتها",
    "risk-settings": "The matrix of risks: its levels, grades and reviews · إعدادات مصفوفة المخاطر",
    "reopenings": "Leave to correct what is approved, or to enter late · تصحيح ما اعتُمد والإدخال بعد الإغلاق",
    "operations": "Long work and its progress · الأعمال الطويلة وتقدّمها",
    "service": "Health and readiness of the service · سلامة الخدمة وجاهزيتها",
}
