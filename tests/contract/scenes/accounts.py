"""Scenes of programs, sessions and passwords."""

from tests.contract.scenes.base import Json, Scene
from tests.contract.scenes.people import People
from tests.contract.service import LEAVER, LOCKED, MANAGER, PASSWORD, SPECIALIST


class Accounts(People):
    """Who signs in, and how."""

    def _read_service_account(self) -> Scene:
        return Scene(MANAGER, self._service_account()["id"])

    def _create_service_account(self) -> Scene:
        known = {"entity_id": self.entities["MOL"], **self._dates()}
        return Scene(MANAGER, known=known, needed={"permissions": ["results.read"]})

    def _end_service_account(self) -> Scene:
        return self._seen(MANAGER, f"/v1/service-accounts/{self._service_account()['id']}")

    def _service_account(self) -> Json:
        body = {
            "name": "Dashboard",
            "permissions": ["results.read"],
            "expires_at": self._dates()["expires_at"],
        }
        return self.service.create(MANAGER, "/v1/service-accounts", body, secret=True)

    def _issue_service_token(self) -> Scene:
        account = self._service_account()
        needed = {name: account[name] for name in ("client_id", "client_secret")}
        return Scene(None, needed={"grant_type": "client_credentials", **needed})

    def _read_me(self) -> Scene:
        return Scene(SPECIALIST)

    def _edit_me(self) -> Scene:
        return self._seen(SPECIALIST, "/v1/me")

    def _sign_in(self) -> Scene:
        self.service.sql("delete from sign_in_brakes")
        return Scene(None, needed={"email": f"{SPECIALIST}@demo.mutabaa.example", "password": PASSWORD})

    def _refresh_session(self) -> Scene:
        self.service.sql("delete from sign_in_brakes")
        body = {"email": f"{SPECIALIST}@demo.mutabaa.example", "password": PASSWORD}
        tokens = self.service.create_session(body)
        return Scene(None, needed={"refresh_token": tokens["refresh_token"]})

    def _sign_out(self) -> Scene:
        self.service.forget(LEAVER)
        return Scene(LEAVER, alone=True)

    _sign_out_everywhere = _sign_out

    def _change_password(self) -> Scene:
        """The stored hash is that of the others' password again, whatever it was changed to."""
        self.service.sql("delete from sign_in_brakes")
        self.service.sql(
            "update users set password_hash = (select password_hash from users where id = $1) where id = $2",
            self.service.users[SPECIALIST],
            self.service.users[LOCKED],
        )
        self.service.forget(LOCKED)
        return Scene(LOCKED, needed={"current_password": PASSWORD}, alone=True)

    def _accept_invitation(self) -> Scene:
        return Scene(None, needed={"token": self._newcomer()["invitation"]["token"]})
