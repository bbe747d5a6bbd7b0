#!/bin/sh
# Make the secrets of docker-compose.yml, unless they are there: deploy/secrets, which is not under version control.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
for name in api-key grafana-password; do
  if [ ! -s "secrets/$name" ]; then
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' > "secrets/$name"
    # Only the folder keeps others out: in the containers, services read it that run as another user.
    chmod 444 "secrets/$name"
    echo "made deploy/secrets/$name"
  fi
done
