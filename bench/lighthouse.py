# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lighthouse's four scores of the customer's page, as a phone on a slow line sees it:
`python -m bench.lighthouse [--languages en,de,nb] [--page documents/] [--reports FOLDER]`.

The demo runs as it does for its visitors; Lighthouse comes from the npm registry by name into a folder that is thrown away,
and drives the Chromium that is here. Needs Node.js with npm and Chromium or Chrome (`CHROME_PATH` names it where it is not
found). Baseline of the same run: a bare static page, which shows what this machine takes from the score.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

GOAL = 95
TRIES = 4
SCORES = ("performance", "accessibility", "best-practices", "seo")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NEEDS_NODE = {22: "lighthouse", 18: "lighthouse@12"}
"""By the least major version of Node.js, what it can run."""
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking"
BARE = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A bare page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="description" content="A page with one line">
</head><body><main><h1>A bare page</h1><p>One line of text.</p></main></body></html>"""
MEANT = {"is-crawlable"}
"""Of search engines: a customer's page must not be found by any."""


class _Bare(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/"
        self.send_response(200 if found else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(BARE) if found else 0))
        self.end_headers()
        if found:
            self.wfile.write(BARE)

    def log_message(self, *_args: Any) -> None:
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--languages", default="en,de,nb")
    parser.add_argument("--page", default="", help="below the customer's page, such as documents/")
    parser.add_argument("--runs", type=int, default=3, help="of each page; the median counts")
    parser.add_argument("--reports", type=Path, help="a folder for the whole reports, as JSON")
    parser.add_argument("--lighthouse", type=Path, help="a folder where Lighthouse is installed already")
    options = parser.parse_args()
    browser, package = _browser(), _package()
    with tempfile.TemporaryDirectory() as kept:
        folder = options.lighthouse or _install(package, Path(kept))
        with _bare() as address:
            rows = [("bare static page", _scores(folder, browser, address, None, options.runs))]
        with _demo() as portal:
            for language in options.languages.split(","):
                report = options.reports / f"{language}.json" if options.reports else None
                address = f"{portal}{options.page}?language={language}"
                rows.append((f"customer's page, {language}", _scores(folder, browser, address, report, options.runs)))
    print(f"{'':24}" + "".join(f"{name:>16}" for name in SCORES))
    for name, scores in rows:
        print(f"{name:24}" + "".join(f"{scores[one]:>16}" for one in SCORES))
    low = [name for name, scores in rows[1:] if min(scores.values()) < GOAL]
    print(f"below {GOAL}: {', '.join(low)}" if low else f"all at least {GOAL}")


def _browser() -> str:
    found = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise SystemExit("no Chromium and no Chrome is here; install one, or name it in CHROME_PATH")
    return found


def _package() -> str:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        raise SystemExit("Lighthouse needs Node.js and npm; install the packages nodejs and npm")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.strip().lstrip("v").partition(".")[0])
    package = next((name for least, name in NEEDS_NODE.items() if major >= least), None)
    if package is None:
        raise SystemExit(f"Lighthouse needs Node.js {min(NEEDS_NODE)} or newer; this one is {version.strip()}")
    return package


def _install(package: str, folder: Path) -> Path:
    npm = shutil.which("npm") or "npm"
    done = subprocess.run(
        [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", package],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"npm could not install {package}:\n{done.stderr.strip()[-600:]}")
    return folder


def _scores(folder: Path, browser: str, address: str, report: Path | None, runs: int) -> dict[str, int]:
    """Of one page, from 0 to 100: of each score the median, as single runs differ with what else the machine does."""
    found = [_run(folder, browser, address, report) for _ in range(runs)]
    return {name: sorted(one[name] for one in found)[runs // 2] for name in SCORES}


def _run(folder: Path, browser: str, address: str, report: Path | None) -> dict[str, int]:
    """As Lighthouse reckons them once, for a phone."""
    command = ["node", str(folder / "node_modules" / "lighthouse" / "cli" / "index.js"), address]
    command += ["--output=json", "--quiet", f"--only-categories={','.join(SCORES)}", f"--chrome-flags={FLAGS}"]
    command += [f"--skip-audits={','.join(MEANT)}"]
    for turn in range(TRIES):  # on a busy machine the browser sometimes paints too late to be measured
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "CHROME_PATH": browser})
        if not done.returncode and done.stdout.startswith("{"):
            break
        if turn == TRIES - 1:
            raise SystemExit(f"Lighthouse did not come to an end at {address}:\n{done.stderr.strip()[-1200:]}")
    told = json.loads(done.stdout)
    if report:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(done.stdout)
    return {name: round((told["categories"][name]["score"] or 0) * 100) for name in SCORES}


@contextmanager
def _bare() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Bare)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


@contextmanager
def _demo() -> Iterator[str]:
    """The demo, and where its customer's page is."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PURRING_")}
        command = [sys.executable, "-m", "purring", "demo", "--port", "0"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**environment, "PURRING_DATA": folder},
        )  # fmt: skip
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"portal: (\S+)", line):
                    threading.Thread(target=process.stdout.read, daemon=True).start()
                    yield found[1]
                    return
            raise SystemExit("the demo did not begin to serve")
        finally:
            process.terminate()
            process.wait(60)


if __name__ == "__main__":
    main()
