"""What the values of our enums are called in Arabic, where a sentence names one."""

from collections.abc import Mapping

from app.enums import EvidenceKind, Frequency

FREQUENCIES: Mapping[str, str] = {
    Frequency.MONTHLY: "شهرية",
    Frequency.QUARTERLY: "ربع سنوية",
    Frequency.SEMIANNUAL: "نصف سنوية",
    Frequency.ANNUAL: "سنوية",
    Frequency.BIENNIAL: "كل سنتين",
    Frequency.IRREGULAR: "غير منتظمة",
}

EVIDENCE_KINDS: Mapping[str, str] = {
    EvidenceKind.DOCUMENT: "وثيقة",
    EvidenceKind.DATASET: "مجموعة بيانات",
    EvidenceKind.PHOTOGRAPH: "صورة",
    EvidenceKind.LETTER: "خطاب",
    EvidenceKind.MINUTES: "محضر",
    EvidenceKind.OTHER: "دليل آخر",
}
