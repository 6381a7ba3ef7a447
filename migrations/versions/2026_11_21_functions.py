"""Search and sort keys of names in Arabic and English.

Revision: functions, the first.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "functions"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '5s'")
    op.execute("create extension if not exists btree_gist")
    op.execute("create extension if not exists pg_trgm")
    # One form for what an Arabic reader takes as the same: alef and hamza, ya, ta marbuta, without
    # tatweel, diacritics and direction marks; digits of every script as 0-9; one letter case.
    op.execute(
        r"""
        create function fold(source text) returns text
        language sql immutable strict parallel safe
        return lower(
            translate(
                regexp_replace(
                    normalize(source, nfkc),
                    '[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069]',
                    '', 'g'
                ),
                'أإآٱىةؤئیک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹',
                'اااايهوييك01234567890123456789'
            ) collate pg_c_utf8
        )
        """
    )
    # Lists of names are sorted without their article. It is taken off before folding, so that the
    # first letters of a name like ألمانيا are not taken for one.
    op.execute(
        r"""
        create function sort_key(name text) returns text
        language sql immutable strict parallel safe
        return fold(
            regexp_replace(
                regexp_replace(normalize(name, nfkc), '[\u0640\u064b-\u065f\u200e\u200f]', '', 'g'),
                '^\s*(ال(?=\S\S)|the\s+)', '', 'i'
            )
        )
        """
    )
