#!/bin/sh
# What some tests start and pip cannot install: a browser, a PostgreSQL and a MariaDB server. Without them those tests are skipped, loudly.
set -u

missing=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
ls /usr/sbin/mariadbd >/dev/null 2>&1 || command -v mariadbd >/dev/null 2>&1 || missing="$missing mariadb-server"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing what some tests start:$missing ..."
    # shellcheck disable=SC2086
    if apt-get update -q >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "MISSING:$missing. The tests that start them are skipped; on Debian, as root: apt-get install$missing"
