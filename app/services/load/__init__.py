"""Loading what ships in `data/`, and the demo's people, into a database. `app.loading` runs the steps.

Ids of loaded things are UUIDv5 of the project's namespace, the table and the natural key, not UUIDv7 as
everywhere else: two installations that load the same files then agree on every id, a second run finds what
the first one made, and a link to an indicator works on both. UUIDv7 spares an index that grows by thousands
of rows a minute; here it would spare nothing.
"""
