"""What a chart says, in both languages. Figures stand in Latin digits."""

from app.enums import Light, TargetKind
from app.errors import Text

RESULT = Text("Result", "النتيجة")
PRELIMINARY = Text("Preliminary", "قيمة أولية")
REVISED = Text("Before revision", "قبل التعديل")
EXPECTED = Text("Path to the targets", "المسار إلى المستهدفات")
BREAK = Text("Break in the series", "انقطاع في السلسلة")
ZONE = Text("Where the target is met", "نطاق تحقق المستهدف")
TARGET = Text("Target", "المستهدف")
BASELINE = Text("Baseline", "خط الأساس")
VALUE = Text("Value", "القيمة")
RANK = Text("Rank (1 is best)", "الترتيب (الأول هو الأفضل)")
NOTHING = Text("No approved figures yet", "لا توجد قيم معتمدة بعد")
KNOWN = Text("As known on {0}", "كما كان معروفًا في {0}")

LEVELS = {
    TargetKind.FLOOR: Text("At least {0}", "{0} على الأقل"),
    TargetKind.CEILING: Text("At most {0}", "{0} على الأكثر"),
    TargetKind.BAND: Text("{0} to {1}", "من {0} إلى {1}"),
    TargetKind.RANGE: Text("{0} to {1}", "من {0} إلى {1}"),
    TargetKind.AVERAGE: Text("{0} on average", "{0} في المتوسط"),
}

LIGHTS = {
    Light.GREEN: Text("Green: on track", "أخضر: على المسار"),
    Light.AMBER: Text("Amber: somewhat behind", "أصفر: متأخر قليلًا"),
    Light.RED: Text("Red: far behind", "أحمر: متأخر كثيرًا"),
    Light.GREY: Text("Not assessed", "بلا تقييم"),
}
