"""The role rules over HTTP, against an expectation that is written apart from the code (`expected/`)."""
