#!/bin/sh
# Run once by the PostgreSQL image, in an empty data folder: the portal's own role, which is no superuser.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$PORTAL_DB_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'password';
CREATE DATABASE portal OWNER portal;
REVOKE CONNECT ON DATABASE portal FROM PUBLIC;
SQL
