"""What a mail says, in the person's language: titles and what is awaited, no figures. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from uuid import UUID

from app import permissions
from app.enums import Language
from app.enums.notifications import Reason
from app.errors import Text
from app.post import Sender
from app.services.notifications.seeing import Note

SHOWN = 50
"""Things that one mail names; the rest it counts."""

_REASONS = {
    Reason.AWAITED: Text("Awaits you", "ينتظر إجراءكم"),
    Reason.TOLD: Text("Done", "تم الإجراء"),
    Reason.INVITED: Text("You are invited", "أنتم مدعوون"),
    Reason.DUE_SOON: Text("Due soon", "يحين موعده قريبًا"),
    Reason.DUE_TODAY: Text("Due today", "موعده اليوم"),
    Reason.LATE: Text("Late", "متأخر عن موعده"),
    Reason.FLAGGED: Text("Overdue, for your attention", "تجاوز مهلته ويُرفع لعلمكم"),
}
_ORDER = (
    Reason.LATE,
    Reason.DUE_TODAY,
    Reason.DUE_SOON,
    Reason.AWAITED,
    Reason.FLAGGED,
    Reason.INVITED,
    Reason.TOLD,
)
_GREETING = Text("Dear {name},", "{name}، السلام عليكم")
_MANY = Text("Mutabaa: {count} things for you", "متابعة: {count} من الموضوعات تخصكم")
_DUE = Text("due {day}", "الموعد {day}")
_ON = Text("on {day}", "بتاريخ {day}")
_MORE = Text("and {count} more", "و{count} غيرها")
_FOOT = Text(
    "You decide in your notification settings how you hear of this: at once, once a day, or not.",
    "يمكنكم في إعدادات الإشعارات اختيار طريقة إبلاغكم: فورًا، أو مرة في اليوم، أو دون بريد.",
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom a mail goes, and in which language."""

    email: str
    name_ar: str
    name_en: str
    language: Language


def letter(
    sender: Sender, receiver: Receiver, notes: Sequence[Note], delivery_id: UUID, now: datetime
) -> EmailMessage:
    """The mail of one delivery, whose id is that of the message. A text and an HTML part, right to left in Arabic."""
    arabic = receiver.language is Language.AR
    ordered = sorted(notes, key=lambda note: _ORDER.index(note.reason))
    groups = [
        (
            _say(_REASONS[reason], arabic),
            [_line(note, sender, arabic) for note in ordered[:SHOWN] if note.reason is reason],
        )
        for reason in _ORDER
        if any(note.reason is reason for note in ordered[:SHOWN])
    ]
    left = len(notes) - SHOWN
    greeting = _say(_GREETING, arabic).format(name=receiver.name_ar if arabic else receiver.name_en)
    more = [_say(_MORE, arabic).format(count=left)] if left > 0 else []
    foot = _say(_FOOT, arabic)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender.address
    message["To"] = receiver.email
    message["Subject"] = _one_line(_subject(ordered, arabic))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{delivery_id}@{sender.address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = receiver.language.value
    message.set_content(_text(greeting, groups, more, foot))
    message.add_alternative(_html(receiver.language, greeting, groups, more, foot), subtype="html")
    return message


@dataclass(frozen=True, slots=True)
class _Line:
    title: str
    what: str
    link: str


def _line(note: Note, sender: Sender, arabic: bool) -> _Line:
    title = note.title_ar if arabic else note.title_en
    rule = permissions.RULES.get(note.action)
    parts = [note.period, _say(rule.says, arabic) if rule else None, _when(note, arabic)]
    link = f"{sender.link}/{note.kind.value}/{note.subject_id}" if sender.link else ""
    return _Line(title, " · ".join(part for part in parts if part), link)


def _when(note: Note, arabic: bool) -> str | None:
    words = _ON if note.reason is Reason.INVITED else _DUE
    return None if note.due is None else _say(words, arabic).format(day=note.due.isoformat())


def _subject(notes: Sequence[Note], arabic: bool) -> str:
    if len(notes) > 1:
        return _say(_MANY, arabic).format(count=len(notes))
    [note] = notes
    return f"{_say(_REASONS[note.reason], arabic)}: {note.title_ar if arabic else note.title_en}"


def _say(text: Text, arabic: bool) -> str:
    return text.ar if arabic else text.en


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(
    greeting: str, groups: Sequence[tuple[str, Sequence[_Line]]], more: Sequence[str], foot: str
) -> str:
    lines = [greeting, ""]
    for heading, items in groups:
        lines += [heading, ""]
        for item in items:
            lines.append(f"- {item.title} ({item.what})" if item.what else f"- {item.title}")
            if item.link:
                lines.append(f"  {item.link}")
        lines.append("")
    return "\n".join([*lines, *more, "", foot, ""])


def _html(
    language: Language,
    greeting: str,
    groups: Sequence[tuple[str, Sequence[_Line]]],
    more: Sequence[str],
    foot: str,
) -> str:
    direction = "rtl" if language is Language.AR else "ltr"
    parts = [f"<p>{escape(greeting)}</p>"]
    for heading, items in groups:
        parts.append(f"<h2>{escape(heading)}</h2><ul>")
        for item in items:
            title = f"<bdi>{escape(item.title)}</bdi>"
            if item.link:
                title = f'<a href="{escape(item.link)}">{title}</a>'
            parts.append(f"<li>{title}<br><small>{escape(item.what)}</small></li>")
        parts.append("</ul>")
    parts += [f"<p>{escape(line)}</p>" for line in more]
    return (
        f'<!doctype html><html lang="{language.value}" dir="{direction}"><head><meta charset="utf-8"></head>'
        f'<body dir="{direction}">{"".join(parts)}<p><small>{escape(foot)}</small></p></body></html>'
    )
