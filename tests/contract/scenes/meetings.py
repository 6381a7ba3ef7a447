"""Scenes of meetings: of the office of the first ministry, planned, held and decided."""

from datetime import UTC, datetime, timedelta

from tests.contract.scenes.base import Base, Json, Scene
from tests.contract.service import MANAGER, SPECIALIST

_ARRANGED: Json = {
    "with_whom": "internal",
    "title_ar": "اجتماع متابعة مستهدفات الربع",
    "title_en": "Follow-up of the quarter's targets",
}
_SERIES: Json = {
    "every": "weekly",
    "weekday": "tuesday",
    "starts_on": "2027-01-03",
    "ends_on": "2027-01-31",
    "starts_at": "09:30",
    "minutes": 60,
}


def _times() -> Json:
    begins = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    return {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}


class Meetings(Base):
    """Planned, held, minuted, decided."""

    def _list_meetings(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "about_id": self.indicator["id"]})

    _list_meeting_series = _list_meetings
    _list_meeting_decisions = _list_meetings

    def _plan_meeting(self) -> Scene:
        return Scene(SPECIALIST, self.entities["MOL"], needed=_times(), unfit=("people",))

    def _read_meeting(self) -> Scene:
        return Scene(MANAGER, self._planned_meeting().rpartition("/")[2])

    _read_agenda_proposals = _read_meeting

    def _edit_meeting(self) -> Scene:
        unfit = ("people", "minutes", "attended")
        return self._seen(SPECIALIST, self._planned_meeting(), needed=_times(), unfit=unfit)

    def _set_meeting_agenda(self) -> Scene:
        return self._seen(
            SPECIALIST, self._planned_meeting(), needed={"items": [{"title": "ما يستجد من أعمال"}]}
        )

    def _cancel_meeting(self) -> Scene:
        return self._seen(SPECIALIST, self._planned_meeting())

    def _hold_meeting(self) -> Scene:
        return self._seen(SPECIALIST, self._planned_meeting(), needed={"attended": []})

    def _confirm_meeting(self) -> Scene:
        return self._seen(MANAGER, self._held_meeting(), unfit=("decision",))

    def _plan_meeting_series(self) -> Scene:
        return Scene(SPECIALIST, self.entities["MOL"], needed=_SERIES, unfit=("people", "month_day"))

    def _read_meeting_series(self) -> Scene:
        return Scene(MANAGER, self._running_series().rpartition("/")[2])

    def _end_meeting_series(self) -> Scene:
        return self._seen(MANAGER, self._running_series())

    def _record_meeting_decision(self) -> Scene:
        return self._seen(SPECIALIST, self._held_meeting(), unfit=("about_id", "decided_on"))

    def _read_meeting_decision(self) -> Scene:
        return Scene(MANAGER, self._decided_meeting().rpartition("/")[2])

    def _edit_meeting_decision(self) -> Scene:
        return self._seen(SPECIALIST, self._decided_meeting(), unfit=("about_id", "decided_on"))

    def _withdraw_meeting_decision(self) -> Scene:
        return self._seen(SPECIALIST, self._decided_meeting())

    def _planned_meeting(self) -> str:
        path = f"/v1/entities/{self.entities['MOL']}/meetings"
        return f"/v1/meetings/{self.service.create(SPECIALIST, path, {**_ARRANGED, **_times()})['id']}"

    def _running_series(self) -> str:
        path = f"/v1/entities/{self.entities['MOL']}/meeting-series"
        return f"/v1/meeting-series/{self.service.create(SPECIALIST, path, {**_ARRANGED, **_SERIES})['id']}"

    def _held_meeting(self) -> str:
        path = self._planned_meeting()
        self.service.step(SPECIALIST, path, "hold", {"attended": [], "minutes": "استُعرض تقدم المبادرات"})
        return path

    def _decided_meeting(self) -> str:
        path = self._held_meeting()
        self.service.step(SPECIALIST, path, "decisions", {"text": "تُعاد جدولة المرحلة الثانية"})
        decision = self.service.read(SPECIALIST, path)["decisions"][0]
        return f"/v1/meeting-decisions/{decision['id']}"
