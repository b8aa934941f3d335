#!/bin/sh
# Run manage.py with a deployment's settings, none of them real: `.ci/production.sh check --deploy`.
python=python3
[ -x .venv/bin/python ] && python=.venv/bin/python
secret=$("$python" -c 'import secrets; print(secrets.token_urlsafe(48))')
exec env EMR_ENV=production \
    SECRET_KEY="$secret" JWT_KEYS="v1:$secret" KEY_PEPPERS="v1:$secret" FIELD_KEYS="v1:$secret" \
    DATABASE_URL=postgresql://emrapi@database.invalid/emrapi REDIS_URL=redis://valkey.invalid/0 \
    ALLOWED_HOSTS=api.example.com PUBLIC_URL=https://api.example.com \
    "$python" manage.py "$@"
