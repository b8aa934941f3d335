# One image for web, worker and beat; compose.yaml shows their commands.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/emrapi emrapi
WORKDIR /srv/emrapi

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements.txt
COPY . .
RUN .ci/production.sh collectstatic --no-input --verbosity 0

USER emrapi
ENV EMR_ENV=production EMBEDDED_HOME=/var/lib/emrapi MEDIA_ROOT=/var/lib/emrapi/media \
    HOST=0.0.0.0 PORT=8000
VOLUME /var/lib/emrapi
EXPOSE 8000
CMD ["python", "-m", "emrapi.management.web"]
