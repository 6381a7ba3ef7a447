"""A bucket for tests: moto's S3 behind a real HTTP server of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

_REGION = "me-central-1"


@contextmanager
def bucket() -> Iterator[str]:
    """The address of a store in a bucket of its own, and the environment that S3 clients read."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with pytest.MonkeyPatch.context() as environment:
            for name, said in {
                "AWS_ENDPOINT_URL": f"http://{host}:{port}",
                "AWS_ALLOW_HTTP": "true",
                "AWS_REGION": _REGION,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
            }.items():
                environment.setenv(name, said)
            name = f"vision-{uuid4().hex}"
            client = boto3.client("s3", region_name=_REGION, endpoint_url=f"http://{host}:{port}")
            client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": _REGION})
            client.close()
            yield f"s3://{name}/mutabaa/files"
    finally:
        server.stop()
