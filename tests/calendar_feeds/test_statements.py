"""How many statements a calendar feed costs: whose it is, their rights, the meetings, what is due; once an hour that it
was read."""

from tests.calendar_feeds.test_feed import MINE, linked
from tests.core.test_statements import READ, app, counted  # noqa: F401  # app: the watched one
from tests.factories.meetings import Office
from tests.factories.world import World

FEED, NOTED = 4, 1


async def test_a_feed_takes_as_many_statements_whatever_it_shows(world: World) -> None:
    office = await Office.make(world)
    link = await linked(office.second)
    public = office.second.api.as_(None)
    for read in range(3):
        await office.planned()
        with counted(FEED + (0 if read else NOTED)):
            answer = await public.get(link)
        assert answer.status_code == 200, answer.text
    with counted(1):
        assert (await public.get(f"/v1/calendar-feeds/{43 * chr(120)}.ics")).status_code == 404
    with counted(READ):
        await office.second.api.get(MINE)
