"""Who may do what: the calendar feed of a person."""

from app.role_table.rule import rule

RULES = (
    rule(
        "calendar_feeds.read",
        "anyone",
        "See whether one has a calendar feed",
        "الاطلاع على حالة رابط التقويم الشخصي",
        "M-2",
    ),
    rule(
        "calendar_feeds.make",
        "anyone",
        "Make the secret link of one's calendar feed, in place of the one before",
        "إصدار رابط التقويم الشخصي بدلًا من السابق",
        "M-2",
    ),
    rule(
        "calendar_feeds.revoke",
        "anyone",
        "Revoke the link of one's calendar feed",
        "إلغاء رابط التقويم الشخصي",
        "M-2",
    ),
)
