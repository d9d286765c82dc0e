#!/usr/bin/env bash
# Makes .venv and installs exactly what the lock file says, then Purring itself (editable).
#
#     tools/install.sh run    what is needed to run
#     tools/install.sh dev    that and what checks the project
#
# pip comes with the project (tools/pip), because a plain Debian has Python without pip and without
# python3-venv, and because then pip is pinned like everything else. PYTHON=... chooses another Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
  run) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  *) echo "usage: tools/install.sh run|dev" >&2; exit 2 ;;
esac

usable() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if usable "$candidate"; then command -v "$candidate"; return; fi
  done
  echo "Purring needs Python 3.11 or newer. On Debian: apt install python3 (or name one: make install PYTHON=...)." >&2
  return 1
}

if ! usable .venv/bin/python; then
  python=$(find_python)
  echo "making .venv with $("$python" --version)"
  "$python" -m venv --clear --without-pip .venv
fi

pip_wheel=$(echo "$PWD"/tools/pip/pip-*.whl)
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0
.venv/bin/python "$pip_wheel/pip" install --quiet --no-index "$pip_wheel"

echo "installing $lock"
if ! .venv/bin/python -m pip install --quiet --require-hashes --requirement "$lock"; then
  echo "Installing the packages of $lock failed (see above). Is there a network, or a package cache?" >&2
  exit 1
fi
.venv/bin/python -m pip install --quiet --no-deps --no-index --no-build-isolation --editable .
