"""Scenes of notifications, calendar feeds and the clock's failed work."""

from tests.contract.scenes.base import Base, Scene
from tests.contract.service import ADMINISTRATOR, ENTERER, MANAGER, SPECIALIST


class Notifications(Base):
    """What people were told."""

    def _list_notifications(self) -> Scene:
        self._notification(MANAGER)
        return Scene(MANAGER)

    def _read_notification(self) -> Scene:
        return Scene(MANAGER, self._notification(MANAGER))

    def _read_all_notifications(self) -> Scene:
        return Scene(ENTERER)

    def _read_notification_settings(self) -> Scene:
        return Scene(SPECIALIST)

    def _edit_notification_settings(self) -> Scene:
        return self._seen(SPECIALIST, "/v1/me/notification-settings")

    def _read_calendar_feed(self) -> Scene:
        return Scene(SPECIALIST)

    _make_calendar_feed = _revoke_calendar_feed = _read_calendar_feed

    def _read_calendar(self) -> Scene:
        made = self.service.create(MANAGER, "/v1/me/calendar-feed", None, secret=True)
        return Scene(None, made["path"].removeprefix("/v1/calendar-feeds/"))

    def _list_parked_jobs(self) -> Scene:
        self._failing_job()
        return Scene(ADMINISTRATOR)

    def _retry_parked_job(self) -> Scene:
        return Scene(ADMINISTRATOR, self._failing_job())

    def _notification(self, person: str) -> str:
        """What the worker would tell this person of a figure."""
        [row] = self.service.sql(
            """
            insert into notifications (id, person_id, entity_id, subject_id, event_id, reason, action,
                                       title_ar, title_en, created_at)
            select gen_random_uuid(), $1, $2, e.subject_id, e.id, 'told', 'results.approve',
                   'معدل التعمين', 'Omanisation rate', now()
            from events e join subjects s on s.id = e.subject_id and s.entity_id = $2
            order by e.id limit 1
            on conflict (person_id, event_id, reason) do update set read_at = null
            returning id
            """,
            self.service.users[person],
            self.entities["MOL"],
        )
        return str(row["id"])

    def _failing_job(self) -> str:
        """Work that failed when the clock last did it."""
        [row] = self.service.sql(
            "insert into chores (name, attempts, error, failing_since) values ('tick', 1, 'DataError 22000', now())"
            " on conflict (name) do update set attempts = chores.attempts returning id"
        )
        return str(row["id"])
