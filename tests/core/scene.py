"""One office with a result in each state, and a second office that is nobody's business."""

from dataclasses import dataclass
from uuid import uuid4

from app.enums import Measure, Role
from tests.factories.world import Person, World
from tests.results.office import Figure, Office


@dataclass(frozen=True)
class Scene:
    """What the paths of the tables below name."""

    office: Office
    other: Office
    names: dict[str, str]
    gone: Person

    @classmethod
    async def make(cls, world: World) -> "Scene":
        """Everything that a path can name."""
        office, other = await Office.make(world), await Office.make(world)
        ranked = await world.indicator(office.entity, office.executing, measure=Measure.RANK)
        made: dict[str, Figure] = {
            "draft": await office.draft("2015"),
            "submitted": await office.submitted("2016"),
            "reviewed": await office.reviewed("2017"),
            "approved": await office.approved("2018"),
            "open_to_asking": await office.approved("2019"),
            "foreign_draft": await other.draft("2015"),
            "foreign_approved": await other.approved("2018"),
        }
        names = {name: str(figure.id) for name, figure in made.items()}
        names["leave"] = (await office.asked(made["approved"])).rpartition("/")[2]
        names["foreign_leave"] = (await other.asked(made["foreign_approved"])).rpartition("/")[2]
        names["indicator"], names["ranked"] = str(office.indicator), str(ranked)
        names["foreign_indicator"] = str(other.indicator)
        names["unknown"] = str(uuid4())
        names["head"], names["manager"] = str(office.head.id), str(office.manager.id)
        gone = await world.person(Role.DIVISION_MEMBER, division=office.executing)
        await world.owner.execute("update sessions set revoked_at = now() where id = $1", gone.session_id)
        return cls(office, other, names, gone)
