"""The workflows: scripts of the repository, pinned actions, and a runner of ours that no pull request reaches."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
FOLDER = REPOSITORY / ".github" / "workflows"
NAMES = ("ci.yml", "release.yml", "deploy.yml")
ACTIONS = {"actions/checkout", "actions/cache", "actions/upload-artifact"}
PULL_REQUESTS = {"pull_request", "pull_request_target", "issue_comment", "workflow_run", "merge_group"}
Workflow = dict[str, Any]


def load(name: str) -> Workflow:
    """Return a workflow; YAML 1.1 reads its `on` as True."""
    read = yaml.safe_load((FOLDER / name).read_text())
    return {("on" if key is True else key): value for key, value in read.items()}


def triggers(workflow: Workflow) -> set[str]:
    on = workflow["on"]
    return {on} if isinstance(on, str) else set(on)


def steps(workflow: Workflow) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


def own_runners(workflow: Workflow) -> set[str]:
    """The jobs that run, or may run, on a machine of ours: only GitHub's own names are certain not to."""
    github = re.compile(r"ubuntu-\d\d\.\d\d(-arm)?")
    found = set()
    for name, job in workflow["jobs"].items():
        if "uses" in job:
            continue
        labels = job["runs-on"] if isinstance(job["runs-on"], list) else [job["runs-on"]]
        if labels == ["${{ matrix.runner }}"]:
            labels = [each["runner"] for each in job["strategy"]["matrix"]["include"]]
        if not all(github.fullmatch(label) for label in labels):
            found.add(name)
    return found


def reached_by_pull_requests(workflow: Workflow) -> set[str]:
    """The jobs on our own runner that something from a pull request could start."""
    return own_runners(workflow) if triggers(workflow) & (PULL_REQUESTS | {"workflow_call"}) else set()


def test_there_are_these_three() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)


def test_what_starts_them() -> None:
    assert triggers(load("ci.yml")) == {"pull_request", "push", "workflow_dispatch", "workflow_call"}
    assert load("ci.yml")["on"]["push"] == {"branches": ["main"]}
    assert triggers(load("release.yml")) == {"push", "workflow_dispatch"}
    assert set(load("release.yml")["on"]["push"]) == {"tags"}
    assert triggers(load("deploy.yml")) == {"workflow_dispatch"}


@pytest.mark.parametrize("name", NAMES)
def test_no_pull_request_reaches_our_runner(name: str) -> None:
    workflow = load(name)
    assert reached_by_pull_requests(workflow) == set()
    assert bool(own_runners(workflow)) == (name == "deploy.yml")


@pytest.mark.parametrize("labels", ["self-hosted", ["self-hosted", "stream-scout"], "${{ inputs.runner }}"])
def test_a_planted_job_on_our_runner_is_found(labels: object) -> None:
    workflow = load("ci.yml")
    workflow["jobs"]["planted"] = {"runs-on": labels, "steps": []}
    assert reached_by_pull_requests(workflow) == {"planted"}


@pytest.mark.parametrize("name", NAMES)
def test_each_step_is_one_script_of_the_repository(name: str) -> None:
    for step in steps(load(name)):
        if "run" not in step:
            continue
        assert "\n" not in step["run"].strip(), step
        assert not re.search(r"[;&|`]|\$\(|\$\{\{", step["run"]), f"more than a call: {step}"
        assert os.access(REPOSITORY / step["run"].split()[0], os.X_OK), step


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_githubs_own_and_pinned(name: str) -> None:
    for step in steps(load(name)):
        if "uses" not in step:
            continue
        action, _, commit = step["uses"].partition("@")
        assert action in ACTIONS
        assert re.fullmatch(r"[0-9a-f]{40}", commit), step
        if action == "actions/checkout":
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", NAMES)
def test_nothing_may_write_but_the_jobs_that_push_images(name: str) -> None:
    workflow = load(name)
    assert workflow["permissions"] == {"contents": "read"}
    allowed = {job: each.get("permissions", {}) for job, each in workflow["jobs"].items()}
    writing = {job for job, rights in allowed.items() if "write" in rights.values()}
    assert writing == ({"images", "publish"} if name == "release.yml" else set())


@pytest.mark.parametrize("name", NAMES)
def test_each_stage_keeps_its_time(name: str) -> None:
    """Whoever runs a stage uploads what it measured, also when it failed."""
    for job, each in load(name)["jobs"].items():
        runs = [step["run"] for step in each.get("steps", []) if "run" in step]
        kept = [step for step in each.get("steps", []) if step.get("uses", "").startswith("actions/upload-artifact@")]
        assert bool(kept) == any(run.startswith(".ci/stage ") for run in runs), job
        assert all(step["if"] == "always()" and step["with"]["path"] == "build/ci/*.json" for step in kept)


def test_all_stages_run() -> None:
    called = {step["run"].split()[1] for name in NAMES for step in steps(load(name)) if "stage" in step.get("run", "")}
    listed = {line.split()[0] for line in (REPOSITORY / ".ci/stages").read_text().splitlines() if line[0] != "#"}
    assert called == listed == {"check", "test", "scan", "images", "deploy"}


def test_the_parts_of_the_tests_are_all_tests_that_make_test_runs() -> None:
    parts = load("ci.yml")["jobs"]["test"]["strategy"]["matrix"]["include"]
    run = {folder for part in parts for folder in part["tests"].split()}
    by_hand = {"tests/arm64", "tests/deployment", "tests/delivery", "tests/audit"}
    folders = {
        f"tests/{path.name}"
        for path in (REPOSITORY / "tests").iterdir()
        if path.is_dir() and any(path.rglob("test_*.py"))
    }
    assert folders - by_hand == {folder for folder in run if any((REPOSITORY / folder).rglob("test_*.py"))}


def test_images_are_built_for_both_processors_side_by_side() -> None:
    for name in ("ci.yml", "release.yml"):
        strategy = load(name)["jobs"]["images"]["strategy"]
        assert strategy["fail-fast"] is True
        assert {each["arch"]: each["runner"] for each in strategy["matrix"]["include"]} == {
            "amd64": "ubuntu-24.04",
            "arm64": "ubuntu-24.04-arm",
        }


def test_a_release_is_made_of_what_has_passed() -> None:
    jobs = load("release.yml")["jobs"]
    assert jobs["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert (jobs["images"]["needs"], jobs["publish"]["needs"]) == ("ci", "images")


def test_a_deploy_is_one_at_a_time_and_a_first() -> None:
    workflow = load("deploy.yml")
    assert workflow["concurrency"] == {"group": "deploy", "cancel-in-progress": False}
    assert workflow["jobs"]["processing"]["needs"] == "reliable"
    assert all(job["environment"] == "production" for job in workflow["jobs"].values())
