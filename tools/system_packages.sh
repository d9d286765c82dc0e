#!/usr/bin/env bash
# What the tests need from the system and pip cannot bring: PostgreSQL (started by the tests themselves,
# never a running one), Chromium with a font, and zbar (a second reader of QR codes). Missing ones are
# installed with apt where that is allowed: as root, or with a sudo that asks no password. Otherwise the
# tests that need them are skipped, and this says which and what to do. PURRING_SYSTEM_PACKAGES=no never
# installs anything.
set -euo pipefail

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
has_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
has_font() { compgen -G '/usr/share/fonts/truetype/*/*.ttf' >/dev/null || compgen -G '/usr/share/fonts/*/*.[ot]tf' >/dev/null; }
has_zbar() { compgen -G '/usr/lib/*/libzbar.so*' >/dev/null || compgen -G '/usr/local/lib/libzbar.so*' >/dev/null; }

missing=()
check() {
  missing=()
  has_postgresql || missing+=(postgresql)
  has_chromium || missing+=(chromium)
  has_font || missing+=(fonts-dejavu-core)
  has_zbar || missing+=(libzbar0)
}

check
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "${PURRING_SYSTEM_PACKAGES:-yes}" != no ] && command -v apt-get >/dev/null; then
  if [ "$(id -u)" -eq 0 ]; then as_root=()
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n)
  else as_root=(false)
  fi
  install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${missing[@]}"
  }
  if [ "${as_root[*]}" != false ]; then
    echo "installing system packages for the tests: ${missing[*]}"
    # The package lists may be absent or old: then the first try fails and one update mends it.
    log=$(mktemp)
    install >"$log" 2>&1 || { "${as_root[@]}" apt-get update -q >>"$log" 2>&1 && install >>"$log" 2>&1; } || tail -n 20 "$log" >&2
    rm -f "$log"
    check
  fi
fi

if [ ${#missing[@]} -gt 0 ]; then
  echo "not installed: ${missing[*]}. The tests that need them are skipped; to run them: apt install ${missing[*]}" >&2
fi
