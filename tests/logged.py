"""What a module of the service logs, however the process has set up its logs by then."""

from types import ModuleType
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture


def lines_of(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The lines that the module's `log` says from now on. `structlog.testing.capture_logs` asks the settings of the whole
    process, which hold a level and loggers kept from earlier tests."""
    capture = LogCapture()
    said = structlog.wrap_logger(None, processors=[capture], wrapper_class=structlog.BoundLogger)
    monkeypatch.setattr(module, "log", said)
    return capture.entries
