"""Scenes of schedules and obligations: what a monthly indicator of the first ministry owes."""

from collections.abc import Iterator
from functools import cached_property

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import HEAD_OFFICE, MANAGER

_SCHEDULE = {
    "frequency": "monthly",
    "starts_on": "2022-01-01",
    "opens_after": 1,
    "due_after": 10,
    "late_for": 5,
    "closes_after": 10,
}


class Obligations(Base):
    """What is due, what is excused, and what is closed."""

    def _list_schedules(self) -> Scene:
        return Scene(MANAGER, self._scheduled())

    def _set_schedule(self) -> Scene:
        return self._seen(MANAGER, f"/v1/indicators/{self._monthly()}", needed=_SCHEDULE)

    def _list_obligations(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], "indicator_id": self._scheduled(), "period": "2026-01"}
        return Scene(MANAGER, known=known)

    def _read_obligation_rates(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"]}, needed={"by": "entity"})

    def _read_obligation_calendar(self) -> Scene:
        needed = {"year": 2026, "entity_id": self.entities["MOL"]}
        return Scene(MANAGER, needed=needed)

    def _read_obligation(self) -> Scene:
        return Scene(MANAGER, next(self._closed))

    def _excuse_obligation(self) -> Scene:
        needed = {"decision": self._letter(HEAD_OFFICE)}
        path = f"/v1/obligations/{next(self._closed)}"
        return self._seen(HEAD_OFFICE, path, known=self._letter(HEAD_OFFICE), needed=needed)

    def _reinstate_obligation(self) -> Scene:
        scene = self._excuse_obligation()
        path, body = f"/v1/obligations/{scene.id}", {"reason": "توقف المسح", **scene.needed}
        self.service.step(HEAD_OFFICE, path, "excuse", body)
        return self._seen(HEAD_OFFICE, path, known=scene.known, needed=scene.needed)

    def _ask_entry(self) -> Scene:
        return self._seen(MANAGER, f"/v1/obligations/{next(self._closed)}", known=self._dates())

    @cached_property
    def _closed(self) -> Iterator[str]:
        return self._closed_periods()

    def _closed_periods(self) -> Iterator[str]:
        """Obligations whose period is closed and whose figure nobody entered."""
        while True:
            listed = self.service.read(
                MANAGER, f"/v1/obligations?indicator_id={self._scheduled()}&to_due=2026-01-31&limit=200"
            )
            yield from (item["id"] for item in listed["items"])

    def _scheduled(self) -> str:
        """A monthly indicator whose figures are due since long ago."""
        indicator = self._monthly()
        self.service.step(MANAGER, f"/v1/indicators/{indicator}", "schedules", _SCHEDULE)
        return indicator
