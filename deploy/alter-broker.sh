#!/bin/sh
# alter-broker on a machine with deploy/alter-broker.service, for root: its commands as the broker's user, with the unit's secrets.
# They are in the environment and not among the arguments, which everybody on the machine can read. How to install it: docs/deployment.md
set -eu
for file in /etc/alter-broker/secrets/*; do export "${file##*/}=$(cat "$file")"; done
export ALTER_CONFIG="${ALTER_CONFIG:-/etc/alter-broker/alter.yaml}"
exec runuser -u alter-broker -- /usr/bin/node /opt/alter-broker/broker/dist/main.js "$@"
