"""Prometheus metrics: how many requests, by route, and how long they take."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.exposition import CONTENT_TYPE_LATEST

REQUESTS = Counter("mutabaa_requests_total", "Requests answered.", ("method", "route", "status"))
SECONDS = Histogram(
    "mutabaa_request_seconds",
    "Time to answer a request, in seconds.",
    ("method", "route"),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the path template, so that no id becomes a label."""
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)


def exposition(multiprocess_folder: str | None) -> tuple[bytes, str]:
    """All metrics in Prometheus' text format, of every process when they share a folder."""
    if multiprocess_folder is None:
        return generate_latest(), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
