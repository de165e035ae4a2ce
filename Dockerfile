# Every step is one that runs by hand on Debian: `make install`, `make static`, `manage.py run`.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PATH="/app/.venv/bin:$PATH" \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /app

FROM base AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
# First what changes rarely: the packages are installed again only when their list changes.
COPY Makefile requirements.txt ./
COPY .ci/install .ci/debian .ci/
RUN make install
COPY . .
RUN DATA_DIR=/tmp/build make static

FROM base
RUN useradd --system --uid 1000 --home-dir /data laseros && mkdir /data /backups && chown laseros: /data /backups
COPY --from=build /app /app
USER laseros
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "laseros.probe"]
# All in one by default; compose.yaml starts the three processes apart.
CMD ["python", "manage.py", "run"]
