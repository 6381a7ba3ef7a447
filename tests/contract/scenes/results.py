"""Scenes of results and reopenings: monthly figures of the first ministry, taken by its people."""

from collections.abc import Iterator
from functools import cached_property
from itertools import product

from tests.contract.scenes.base import Base, Json, Scene
from tests.contract.service import ENTERER, HEAD_OFFICE, MANAGER, PLANNER, UNIT_EDITOR


class Results(Base):
    """Entering, deciding and correcting."""

    @cached_property
    def _vacant(self) -> Iterator[tuple[str, str]]:
        return self._months()

    def _months(self) -> Iterator[tuple[str, str]]:
        """Indicators and months without a figure: there are more requests than the shipped indicators have years."""
        while True:
            monthly = self._monthly()
            for year, month in product(range(1950, 2020), range(1, 13)):
                yield monthly, f"{year}-{month:02}"

    def _list_results(self) -> Scene:
        return Scene(
            UNIT_EDITOR, known={"indicator_id": self.indicator["id"], "entity_id": self.entities["MOL"]}
        )

    def _read_result(self) -> Scene:
        return Scene(ENTERER, self._draft())

    def _list_result_history(self) -> Scene:
        return Scene(MANAGER, self._approved())

    def _read_reopening(self) -> Scene:
        return Scene(MANAGER, self._reopening())

    def _list_reopenings(self) -> Scene:
        return Scene(MANAGER, known={"entity_id": self.entities["MOL"], "result_id": self._approved()})

    def _create_result(self) -> Scene:
        indicator, year = next(self._vacant)
        unfit = ("rank", "rank_of", "numerator", "denominator")
        return Scene(ENTERER, indicator, None, {"period": year}, {"value": 12.5, "period": year}, unfit)

    def _patch_result(self) -> Scene:
        unfit = ("rank", "rank_of", "numerator", "denominator")
        return self._seen(ENTERER, f"/v1/results/{self._draft()}", unfit=unfit)

    def _submit_result(self) -> Scene:
        return self._seen(ENTERER, f"/v1/results/{self._draft()}")

    _discard_result = _submit_result

    def _withdraw_result(self) -> Scene:
        return self._seen(ENTERER, f"/v1/results/{self._submitted()}")

    def _review_result(self) -> Scene:
        return self._seen(PLANNER, f"/v1/results/{self._submitted()}", unfit=("decision",))

    _return_result = _review_result

    def _approve_result(self) -> Scene:
        return self._seen(MANAGER, f"/v1/results/{self._reviewed()}", unfit=("decision",))

    def _preview_result_approval(self) -> Scene:
        return self._seen(MANAGER, f"/v1/results/{self._reviewed()}")

    def _ask_reopening(self) -> Scene:
        return self._seen(MANAGER, f"/v1/results/{self._approved()}", known=self._dates())

    def _correct_result(self) -> Scene:
        reopening = self._reopening()
        self.service.step(*self._grantor(reopening), "grant", self._grantors_letter(reopening))
        result = self.service.read(MANAGER, f"/v1/reopenings/{reopening}")["result_id"]
        return self._seen(ENTERER, f"/v1/results/{result}")

    def _grant_reopening(self) -> Scene:
        reopening = self._reopening()
        needed = self._grantors_letter(reopening)
        known = self._letter(HEAD_OFFICE)
        return self._seen(*self._grantor(reopening), known=known, needed=needed, unfit=("decision",))

    _refuse_reopening = _grant_reopening

    def _decide_results(self) -> Scene:
        submitted = self._submitted()
        etag = self.service.etag(PLANNER, f"/v1/results/{submitted}")
        return Scene(PLANNER, known={"id": submitted, "if_match": etag})

    def _draft(self) -> str:
        indicator, year = next(self._vacant)
        body = {"period": year, "value": 12.5}
        made: str = self.service.create(ENTERER, f"/v1/indicators/{indicator}/results", body)["id"]
        return made

    def _submitted(self) -> str:
        result = self._draft()
        self.service.step(ENTERER, f"/v1/results/{result}", "submit")
        return result

    def _reviewed(self) -> str:
        result = self._submitted()
        self.service.step(PLANNER, f"/v1/results/{result}", "review")
        return result

    def _approved(self) -> str:
        result = self._reviewed()
        self.service.step(MANAGER, f"/v1/results/{result}", "approve")
        return result

    def _reopening(self) -> str:
        body = {"reason": "نُشرت قيمة معدّلة", "expires_on": self._dates()["expires_on"]}
        made: str = self.service.step(MANAGER, f"/v1/results/{self._approved()}", "reopenings", body)["id"]
        return made

    def _grantor(self, reopening: str) -> tuple[str, str]:
        path = f"/v1/reopenings/{reopening}"
        by_unit = self.service.read(MANAGER, path)["grantor"] == "unit"
        return UNIT_EDITOR if by_unit else HEAD_OFFICE, path

    def _grantors_letter(self, reopening: str) -> Json:
        person, _ = self._grantor(reopening)
        return {} if person == UNIT_EDITOR else {"decision": self._letter(HEAD_OFFICE)}
