# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same stories through the command line: exit codes, what stands on which stream, one object per line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.stories.telling import Story, all_stories, differences

ROOT = Path(__file__).parents[2]
BY_NAME = {story.name: story for story in all_stories()}
PLAYED = [
    BY_NAME["file/the_example_of_the_contract"],
    BY_NAME["whole/two_customers_in_file_order"],
    BY_NAME["promises/broken_twice"],
]
REFUSED = [
    BY_NAME["refused/too_many_decimals_of_a_payment"],
    BY_NAME["refused/unknown_key"],
    BY_NAME["refused/no_such_due_date"],
]

pytestmark = pytest.mark.skipif(find_spec("purring.__main__") is None, reason="the command line is not there yet")


def name(story: Story) -> str:
    return story.name


def purring(folder: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in an empty folder, with no settings of any kind in the environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PURRING_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "purring", *arguments],
        input=given,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"},
        timeout=60,
        check=False,
    )


def write(folder: Path, scenario: dict[str, Any]) -> str:
    file = folder / "scenario.json"
    file.write_text(json.dumps(scenario, ensure_ascii=False), encoding="utf-8")
    return file.name


class TestAFile:
    @pytest.mark.parametrize("story", PLAYED, ids=name)
    def test_prints_one_document(self, story: Story, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", write(tmp_path, story.scenario), "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert not differences(story.expect, json.loads(done.stdout))

    def test_leaves_nothing_behind(self, tmp_path: Path) -> None:
        file = write(tmp_path, PLAYED[0].scenario)
        purring(tmp_path, "rehearse", file, "--json")
        assert [path.name for path in tmp_path.iterdir()] == [file]

    def test_from_standard_input(self, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", "-", "--json", given=json.dumps(PLAYED[0].scenario))
        assert done.returncode == 0
        assert not differences(PLAYED[0].expect, json.loads(done.stdout))

    def test_without_json_it_is_for_reading(self, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", write(tmp_path, PLAYED[0].scenario))
        assert done.returncode == 0
        assert "2026-01-13" in done.stdout or "13 January" in done.stdout

    @pytest.mark.parametrize("story", REFUSED, ids=name)
    def test_refused_with_one_line(self, story: Story, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", write(tmp_path, story.scenario), "--json")
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
        assert story.expect["refused"]["path"] in done.stderr

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"start": NaN}', '{"a": 1}'])
    def test_not_a_scenario(self, text: str, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", "-", "--json", given=text)
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1

    def test_no_such_file(self, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", "nowhere.json", "--json")
        assert (done.returncode, done.stdout) == (1, "")
        assert len(done.stderr.splitlines()) == 1
        assert "nowhere.json" in done.stderr

    @pytest.mark.parametrize("arguments", [("rehearse",), ("rehearse", "-", "--colour")])
    def test_wrong_usage(self, arguments: tuple[str, ...], tmp_path: Path) -> None:
        done = purring(tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (2, "")


class TestLines:
    def test_one_result_per_line_in_the_same_order(self, tmp_path: Path) -> None:
        stories = [PLAYED[0], REFUSED[0], PLAYED[1], PLAYED[2]]
        given = "".join(json.dumps(story.scenario) + "\n" for story in stories)
        done = purring(tmp_path, "rehearse", "-", "--jsonl", given=given)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(results) == len(stories)
        for story, result in zip(stories, results, strict=True):
            if story.is_refused:
                assert set(result) == {"error"}
                assert set(result["error"]) >= {"code", "message"}
            else:
                assert not differences(story.expect, result)

    def test_a_line_that_is_no_json(self, tmp_path: Path) -> None:
        given = "{half\n" + json.dumps(PLAYED[0].scenario) + "\n"
        done = purring(tmp_path, "rehearse", "-", "--jsonl", given=given)
        bad, good = (json.loads(line) for line in done.stdout.splitlines())
        assert "error" in bad
        assert not differences(PLAYED[0].expect, good)

    def test_the_place_is_in_the_message(self, tmp_path: Path) -> None:
        done = purring(tmp_path, "rehearse", "-", "--jsonl", given=json.dumps(REFUSED[0].scenario) + "\n")
        assert REFUSED[0].expect["refused"]["path"] in json.loads(done.stdout)["error"]["message"]
