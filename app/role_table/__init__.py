"""The lines of the role rules, a file for each area; `app.permissions` makes one table of them and asks it."""

from app.role_table import (
    catalogue,
    communications,
    contributions,
    entities,
    evidence,
    indicators,
    obligations,
    path_templates,
    people,
    plans,
    proposals,
    reopenings,
    results,
    role_plans,
    scoreboard,
    scorecards,
)

TABLE = (
    *catalogue.RULES,
    *indicators.RULES,
    *contributions.RULES,
    *obligations.RULES,
    *scoreboard.RULES,
    *entities.RULES,
    *people.RULES,
    *role_plans.RULES,
    *results.RULES,
    *evidence.RULES,
    *reopenings.RULES,
    *communications.RULES,
    *path_templates.RULES,
    *plans.RULES,
    *proposals.RULES,
    *scorecards.RULES,
)
