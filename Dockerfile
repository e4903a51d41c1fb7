# A deployment end: the base install and nothing else. Build it from the repository's root:
#   docker build -t kingmaker .                              follows folders and HTTP
#   docker build -t kingmaker --build-arg EXTRAS=objects .   follows S3 and the like, too
# docs/how-to/run-an-endpoint.md says how to run it.
ARG PYTHON=3.12

# The full image has a C compiler, which the walker of trees is compiled with.
FROM python:${PYTHON} AS build
ARG EXTRAS=
WORKDIR /source
COPY pyproject.toml constraints.txt hatch_build.py README.md LICENSE ./
COPY src src
RUN python -m venv /opt/kingmaker \
 && /opt/kingmaker/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt ".${EXTRAS:+[$EXTRAS]}" \
 && /opt/kingmaker/bin/pip uninstall --yes pip \
 && /opt/kingmaker/bin/kingmaker --version

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /var/lib/kingmaker kingmaker \
 && install -d -o kingmaker -g kingmaker /var/lib/kingmaker /var/lib/kingmaker/cache /var/lib/kingmaker/log
COPY --from=build /opt/kingmaker /opt/kingmaker
ENV PATH=/opt/kingmaker/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    KINGMAKER_HEALTH=http://127.0.0.1:8080/health/live
USER 10001
WORKDIR /var/lib/kingmaker
VOLUME ["/var/lib/kingmaker/cache", "/var/lib/kingmaker/log"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ['KINGMAKER_HEALTH'], timeout=2)"]
ENTRYPOINT ["kingmaker", "endpoint", "--host", "0.0.0.0", "--cache", "/var/lib/kingmaker/cache", "--log", "/var/lib/kingmaker/log"]
CMD ["--help"]
