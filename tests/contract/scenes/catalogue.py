"""Scenes of the national catalogue and the calendar."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import MANAGER, UNIT_EDITOR


class Catalogue(Base):
    """What is read by all, and the holidays, which UNIT keeps."""

    def _read_pillar(self) -> Scene:
        return self._first(MANAGER, "/v1/pillars")

    def _read_priority(self) -> Scene:
        return self._first(MANAGER, "/v1/priorities")

    def _read_programme(self) -> Scene:
        return self._first(MANAGER, "/v1/programmes")

    def _list_priorities(self) -> Scene:
        return Scene(MANAGER, known={"pillar_id": self._read_pillar().id})

    def _list_programmes(self) -> Scene:
        return Scene(MANAGER, known={"priority_id": self._read_priority().id})

    def _read_working_day(self) -> Scene:
        return Scene(MANAGER, needed={"start": "2026-03-01", "days": 5})

    # Holidays: in years for which nothing is due yet, so that nothing is dated anew.

    @cached_property
    def _working_days(self) -> Iterator[date]:
        years = self.service.sql("select extract(year from max(day))::integer as latest from holidays")
        first = date(years[0]["latest"] + 1, 1, 1)
        return (first + timedelta(days) for days in range(365))

    def _create_holiday(self) -> Scene:
        return Scene(UNIT_EDITOR, needed={"day": next(self._working_days).isoformat()})

    def _read_holiday(self) -> Scene:
        return self._first(MANAGER, "/v1/holidays?year=2026")

    def _edit_holiday(self) -> Scene:
        body = {"day": next(self._working_days).isoformat(), "name_ar": "عطلة", "name_en": "Holiday"}
        made = self.service.create(UNIT_EDITOR, "/v1/holidays", body)["id"]
        return self._seen(UNIT_EDITOR, f"/v1/holidays/{made}")

    _cancel_holiday = _edit_holiday
