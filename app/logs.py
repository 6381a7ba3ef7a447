"""Structured logs: one line per event, with the request's id and without personal data."""

import logging
import sys
import traceback
from typing import Literal

import structlog


def configure(form: Literal["json", "console"]) -> None:
    """Send all logs to standard error, as JSON or for a person's eyes."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What libraries say (the driver, the server) takes the same form.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _without_values,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def frames(error: BaseException) -> list[str]:
    """Where an exception came from, without what it says: that may hold what people sent. It is logged under this name:
    what is called `stack`, the renderer for a person's eyes takes for text, and fails."""
    found = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found[-15:]]


def _without_values(_: object, __: str, said: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Of an exception only its kind: its text and its traceback may hold what people sent."""
    error = said.pop("exc_info", None)
    if isinstance(error, tuple) and error[0] is not None:
        said["kind"] = error[0].__name__
    return said
