"""The web application: routers, handlers, the life of its pools."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException

from app import __version__, config, contract, deps, docs_page, file_headers, logs, permissions, problems
from app.charts import Charts
from app.config import Settings
from app.db import Database
from app.files import FileStore
from app.middleware import Edge
from app.routers import (
    actions,
    assignments,
    auth,
    budgets,
    calendar_feeds,
    catalogue,
    challenges,
    communication_activities,
    communications,
    contributions,
    dashboard,
    decisions,
    definitions,
    delegations,
    detailed_plans,
    entities,
    escalation_routes,
    escalations,
    evaluations,
    evidence,
    holidays,
    improvement_plans,
    inbox,
    indicators,
    initiatives,
    me,
    meeting_decisions,
    meeting_series,
    meetings,
    memberships,
    notifications,
    obligations,
    path_runs,
    path_templates,
    plans,
    programmes,
    progress_reports,
    proposals,
    reopenings,
    results,
    risk_decisions,
    risk_settings,
    risks,
    role_plans,
    role_rules,
    schedules,
    scoreboard,
    scorecards,
    series,
    service,
    service_accounts,
    site_checks,
    swot_entries,
    uploads,
    users,
)
from app.services.idempotency import Replayed
from app.tokens import TokenKeys

# What is asked most comes first: they are tried one after the other, each path in turn.
ROUTERS = (
    indicators.router,
    results.router,
    inbox.router,
    improvement_plans.router,
    dashboard.router,
    scoreboard.router,
    scorecards.router,
    auth.router,
    me.router,
    notifications.router,
    entities.router,
    users.router,
    memberships.router,
    assignments.router,
    delegations.router,
    decisions.router,
    role_plans.router,
    role_rules.router,
    service_accounts.router,
    calendar_feeds.router,
    catalogue.router,
    holidays.router,
    series.router,
    contributions.router,
    definitions.router,
    schedules.router,
    obligations.router,
    evidence.router,
    uploads.router,
    reopenings.router,
    plans.router,
    proposals.router,
    path_templates.router,
    path_runs.router,
    communications.router,
    communication_activities.router,
    detailed_plans.router,
    challenges.router,
    escalations.router,
    escalation_routes.router,
    risks.router,
    risk_decisions.router,
    risk_settings.router,
    swot_entries.router,
    actions.router,
    evaluations.router,
    meetings.router,
    meeting_series.router,
    meeting_decisions.router,
    initiatives.router,
    budgets.router,
    progress_reports.router,
    site_checks.router,
    programmes.router,
    service.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application. Without settings it can say its contract, and serve nothing."""
    app = FastAPI(
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        lifespan=_lifespan,
    )
    for router in ROUTERS:
        # As they are: including a router analyses each of its routes once more, for every application.
        app.router.routes.extend(router.routes)
    app.state.methods = _methods(app)
    docs_page.mount(app)
    problems.register(app)
    app.add_exception_handler(Replayed, deps.replayed)
    for unread in (RequestValidationError, HTTPException):
        app.add_exception_handler(unread, deps.unreadable)
    if settings is not None:
        logs.configure(settings.log_format)
        app.state.settings = settings
        app.state.keys = TokenKeys.load(settings.token_keys, settings.token_issuer, settings.token_audience)
        app.state.database = Database(
            str(settings.database_url),
            read_pool_size=settings.read_pool_size,
            write_pool_size=settings.write_pool_size,
            statement_seconds=settings.statement_seconds,
        )
        app.add_middleware(
            Edge,
            keys=app.state.keys,
            max_body_bytes=settings.max_body_bytes,
            max_file_bytes=settings.max_file_bytes,
            public=_public_paths(app),
        )
        # Outside the edge: a browser page must be able to read a refusal too.
        if settings.cors_origins:
            app.add_middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins.split(","),
                allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=[
                    "Authorization",
                    "Content-Type",
                    "Content-Disposition",
                    "If-Match",
                    "If-None-Match",
                    "If-Range",
                    "Range",
                    "Idempotency-Key",
                    *file_headers.OF_UPLOADS,
                ],
                expose_headers=[
                    "ETag",
                    "Location",
                    "X-Request-Id",
                    "Retry-After",
                    "Content-Language",
                    "Content-Disposition",
                    "Content-Range",
                    "Accept-Ranges",
                    *file_headers.OF_UPLOADS_ANSWERED,
                ],
            )
    return app


def serve_app() -> FastAPI:
    """The application with the settings of the environment: what a server process is started with."""
    app = create_app(config.load())
    # What is there now stays, and need not be looked through again; and a statement is thousands of objects when it is
    # put together, of which none is garbage yet: half of that time went into looking.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.files = FileStore.open(app.state.settings.files_url)
    app.state.scanner = app.state.settings.scanner()
    await app.state.files.check()
    app.state.charts = Charts()
    await app.state.database.open()
    try:
        yield
    finally:
        await app.state.charts.close()
        await app.state.database.close()


def _methods(app: FastAPI) -> dict[str, list[str]]:
    """What may be done with each path: a refusal of anything else names it all (RFC 9110, 15.5.6)."""
    methods: dict[str, list[str]] = {}
    for (path, method), _ in contract.routes_of(app):
        methods.setdefault(path, []).append(method.upper())
    return {path: sorted(said) for path, said in methods.items()}


def _public_paths(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method.upper(), path)
        for (path, method), route in contract.routes_of(app)
        if contract.permission_of(route) == permissions.PUBLIC
    }
