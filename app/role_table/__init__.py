"""The lines of the role rules, a file for each area; `app.permissions` makes one table of them and asks it."""

from app.role_table import (
    catalogue,
    challenges,
    contributions,
    entities,
    evidence,
    indicators,
    initiatives,
    obligations,
    people,
    reopenings,
    results,
    role_plans,
    scoreboard,
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
    *challenges.RULES,
    *initiatives.RULES,
)
