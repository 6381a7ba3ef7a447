# The packages, exactly as the lock file names them; none is compiled here.
FROM python:3.13-slim AS packages
RUN python -m venv /opt/venv
COPY requirements/runtime.lock /tmp/runtime.lock
RUN /opt/venv/bin/pip install --no-cache-dir --only-binary=:all: --require-hashes -r /tmp/runtime.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin mutabaa
COPY --from=packages /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONPATH=/srv/mutabaa \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /srv/mutabaa
COPY alembic.ini LICENSE ./
COPY migrations migrations
COPY data data
COPY openapi/openapi.json openapi/openapi.json
COPY app app
USER mutabaa
EXPOSE 8000

# Ready means that the database answers too. Proxies from the environment have no part in it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8000/health/ready', timeout=4)"]

# `docker run IMAGE migrate`, `docker run IMAGE load` and so on: the arguments are those of `mutabaa`.
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["serve", "--host", "0.0.0.0"]
