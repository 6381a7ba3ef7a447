"""Who may do what: notifications, and the work that the clock does."""

from app.role_table.rule import rule

RULES = (
    rule(
        "notifications.read",
        "anyone",
        "Read what one was told",
        "الاطلاع على الإشعارات الشخصية",
    ),
    rule(
        "notifications.mark",
        "anyone",
        "Mark what one was told as read",
        "تعليم الإشعارات الشخصية كمقروءة",
    ),
    rule(
        "parked_jobs.read",
        "administrator",
        "See the work of the clock that keeps failing",
        "الاطلاع على الأعمال التلقائية المتعثرة",
    ),
    rule(
        "parked_jobs.retry",
        "administrator",
        "Have failed work of the clock tried again",
        "إعادة محاولة الأعمال التلقائية المتعثرة",
    ),
)
