"""The lines of the role rules, a file for each area; `app.permissions` makes one table of them and asks it."""

from app.role_table import (
    catalogue,
    contributions,
    entities,
    evidence,
    improvement_plans,
    indicators,
    obligations,
    path_runs,
    path_templates,
    people,
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
    *path_templates.RULES,
    *path_runs.RULES,
    *scorecards.RULES,
    *improvement_plans.RULES,
)
