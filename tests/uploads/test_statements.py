"""How many statements an upload costs: what may be is asked twice, since no transaction is held in between."""

from tests.core.test_statements import READ, TRANSITION, app, counted
from tests.evidence import bringing
from tests.factories.world import World
from tests.uploads.sender import TABLE, TUS, Sender

__all__ = ["app"]  # the application with a listener on both of its lanes: a fixture of this module too


async def test_what_an_upload_costs(world: World) -> None:
    sender = await Sender.make(world)
    await sender.received(await sender.begun())  # a new connection asks once what its types are
    evidence = await sender.evidence()
    with counted(READ + 2):  # how many are begun
        upload = (await sender.begin(evidence)).headers["Location"]
    api = sender.office.enterer.api
    with counted(READ):
        assert (await api.send("HEAD", upload, headers=TUS)).status_code == 200
    with counted(READ + READ + 1):  # asked before, asked again, and how far it has come
        assert (await sender.send(upload, TABLE[:100])).status_code == 204
    with counted(READ + 1 + TRANSITION):  # and the transition, with the hold on the file
        assert (await sender.send(upload, TABLE[100:], 100)).status_code == 204
    with counted(READ + 1):
        assert (await api.send("DELETE", upload, headers=TUS)).status_code == 204

    proof = await bringing.announced(sender.office.enterer, sender.figure)
    etag = await api.etag(proof.path)
    with counted(READ + TRANSITION + READ):  # asked before; asked again and attached; shown
        assert (await bringing.put(sender.office.enterer, proof, etag=etag)).status_code == 200
    with counted(READ):  # a folder gives no link
        assert (await api.send("POST", f"{proof.path}/link")).status_code == 409
