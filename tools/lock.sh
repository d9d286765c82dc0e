#!/usr/bin/env bash
# Writes the lock files from pyproject.toml: every package exactly pinned, with hashes, for all
# platforms from Python 3.11 on; and refreshes the pip that comes with the project.
# The second lock holds all of the first in the same versions.
#
#     make lock                   keep what is pinned, add what is new
#     make lock UPGRADE=1         newest versions within the bounds of pyproject.toml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile() {
  .venv/bin/uv pip compile pyproject.toml --group build --quiet --universal --python-version 3.11 \
    --generate-hashes --custom-compile-command "make lock" ${UPGRADE:+--upgrade} "$@"
}

compile --output-file requirements.lock
compile --extra dev --constraint requirements.lock --output-file requirements-dev.lock

if [ -n "${UPGRADE:-}" ]; then
  rm -f tools/pip/pip-*.whl
  .venv/bin/python -m pip download --quiet --no-deps --dest tools/pip pip
fi
