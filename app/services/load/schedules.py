"""How often indicators are measured since when; what is due follows from it (`app.ticking`)."""

from datetime import datetime
from pathlib import Path

from app.enums import Frequency
from app.errors import Invalid
from app.services.load import merging
from app.services.load.files import Row, read
from app.services.load.indicators import INDICATORS, Indicators, in_words
from app.services.load.merging import Connection, Record, Table, Tally
from app.services.obligations import periods

SCHEDULES = Table("schedules", key=("indicator_id", "number"))

_WINDOWS = ("opens_after", "due_after", "late_for", "closes_after")
_COLUMNS = f"indicator frequency starts_on {' '.join(_WINDOWS)} note"
_FIRST = 1


def read_schedules(folder: Path, told: Indicators) -> list[Record]:
    """The schedules of indicators that are told of; `indicator_id` holds a code as yet. Raises DataError."""
    return [_schedule(row, told) for row in read(folder, "schedules", _COLUMNS, key="indicator")]


def _schedule(row: Row, told: Indicators) -> Record:
    indicator = row.known("indicator", told.rows, "known indicator")
    frequency = row.word("frequency", Frequency)
    if frequency.value != indicator.text("frequency"):
        raise row.fault("frequency", f"the indicator is measured '{indicator.text('frequency')}'")
    starts_on = row.day("starts_on")
    if not periods.is_boundary(frequency, starts_on):
        raise row.fault("starts_on", f"no period of the frequency '{frequency}' begins that day")
    windows = {name: _working_days(row, name) for name in _WINDOWS}
    try:
        periods.check_windows(periods.Windows(**windows))
    except Invalid as error:
        wrong = error.errors[0]
        raise row.fault((wrong.pointer or "#/").removeprefix("#/"), wrong.detail.en) from None
    return {
        "indicator_id": row.text("indicator"),
        "number": _FIRST,
        "frequency": frequency.value,
        "starts_on": starts_on,
        **windows,
        "reason": row.text("note"),
    }


def _working_days(row: Row, column: str) -> int:
    row.text(column)
    days = row.whole(column, 0, 1000)
    assert days is not None  # noqa: S101  # not empty, see above
    return days


async def load_schedules(connection: Connection, schedules: list[Record], at: datetime) -> Tally:
    """The first schedule of each indicator that has none yet. Schedules are never rewritten: where the files
    say otherwise than one that stands, it is left alone, and the follow-up unit sets another. The caller holds a
    transaction."""
    indicators = {
        row["code"]: row for row in await connection.fetch("select id, code, entity_id from indicators")
    }
    standing = {
        row["indicator_id"]: row
        for row in await connection.fetch("select * from schedules where number = $1", _FIRST)
    }
    tally = Tally()
    records: list[Record] = []
    for schedule in schedules:
        indicator = indicators[schedule["indicator_id"]]
        record = schedule | {"indicator_id": indicator["id"]}
        old = standing.get(indicator["id"])
        if old is None:
            made = merging.made_id("schedules", indicator["id"], _FIRST)
            records.append(record | {"id": made, "entity_id": indicator["entity_id"], "set_at": at})
        elif all(old[column] == said for column, said in record.items()):
            tally.unchanged += 1
        else:
            tally.kept += 1
    tally.new = len(records)
    await merging.insert(connection, SCHEDULES, records, at)
    said = {
        record["indicator_id"]: {"schedule": [None, in_words(record, "frequency", "starts_on", *_WINDOWS)]}
        for record in records
    }
    await merging.touch(connection, INDICATORS, said, at)
    return tally
