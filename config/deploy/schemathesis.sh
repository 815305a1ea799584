#!/usr/bin/env bash
# Installs the schema-driven fuzzer of the registry's call, in its pinned versions, into the folder FOLDER (default:
# target/schemathesis). What is there already in these versions stays.
# usage: schemathesis.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-target/schemathesis}
wanted=tests/schema/requirements.txt
cmp -s "$wanted" "$folder/installed.txt" && exit 0

rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
cp "$wanted" "$folder/installed.txt"
