"""One line of the role rules."""

from dataclasses import dataclass

from app.errors import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table.

    `who`: parties of the subject's entity, national parties, `anyone` (signed in), `own` (the person
    whose thing it is) or `step:<step>` (the parties that the chain of the subject names).
    `control`: four eyes applies. `edits`: it changes what evidence was verified of, so who verified it does not take it.
    `recordable`: where the head is named, the head's office may record
    the head's decision. `delegable_as`: the holder may let somebody else take it for a time, by a
    delegation of this action (approving and returning are delegated as one).
    """

    action: str
    who: tuple[str, ...]
    says: Text
    guide: str = ""
    control: bool = False
    edits: bool = False
    recordable: bool = False
    delegable_as: str | None = None


def rule(
    action: str, who: str, en: str, ar: str, guide: str = "", delegable_as: str | None = None, **traits: bool
) -> Rule:
    return Rule(action, tuple(who.split()), Text(en, ar), guide, delegable_as=delegable_as, **traits)
