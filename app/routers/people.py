"""All of people over HTTP: accounts, memberships, assignments, delegations, recorded decisions."""

from fastapi import APIRouter

from app.routers import assignments, decisions, delegations, memberships, users

router = APIRouter()
for part in (users, memberships, assignments, delegations, decisions):
    router.include_router(part.router)
