"""Words of the inbox."""

from enum import StrEnum


class Awaiting(StrEnum):
    """Of whom what waits is awaited."""

    ME = "me"
    DIVISION = "division"


class DueWhen(StrEnum):
    """How what waits stands to its day."""

    LATE = "late"
    SOON = "soon"
