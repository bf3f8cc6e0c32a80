# The digest as a container: a user without rights, one volume, nothing else written.
#   docker build -t martech-digest .
#   docker run --rm -v digest:/data martech-digest init /data
#   docker run --rm -v digest:/data --env-file .env martech-digest run
# scripts/check-image runs these steps without Docker, in a root of its own.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
RUN pip install --no-cache-dir 'uv>=0.9,<1'
COPY pyproject.toml hatch_build.py uv.lock README.md LICENSE sources.yaml stack.yaml ./
COPY scripts/container-entrypoint /usr/local/bin/container-entrypoint
COPY digest digest
COPY templates templates
RUN uv sync --frozen --no-dev --extra web --extra fulltext --extra office --no-editable --no-cache \
    && useradd --uid 10001 --create-home digest \
    && mkdir /data && chown digest:digest /data

USER digest
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1
VOLUME /data
WORKDIR /data
HEALTHCHECK --interval=5m --timeout=30s CMD ["digest", "status", "--quiet"]
ENTRYPOINT ["container-entrypoint"]
CMD ["run"]
