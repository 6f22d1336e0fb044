"""Grafana's dashboards: each alert's panel is there and asks for what the alert is about; panels lie side by side."""

import json
import re
from itertools import combinations
from typing import Any

import pytest
import yaml

from .manual import REPOSITORY
from .test_names_agree import queried

FOLDER = REPOSITORY / "configs/grafana/dashboards"
RULES = [
    rule
    for file in sorted((REPOSITORY / "configs/prometheus").glob("*rules.yml"))
    for group in yaml.safe_load(file.read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARDS = {board["uid"]: board for board in (json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json")))}
Panel = dict[str, Any]
# Panels whose alerts measure the same by another name.
ALIKE = {"NobodyForwards": "stream_monitoring_forwarded_records_total", "NoClips": "clip_creator_outcomes_total"}
ALIKE["Watchdog"] = "watcher_beats_total"  # both beat the dead man's switch
PLAIN = {"stat", "timeseries", "table", "logs"}
COLUMNS = 24


def base(names: set[str]) -> set[str]:
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}


def of_prometheus(panel: Panel) -> bool:
    return bool(panel["datasource"]["uid"] == "prometheus")


def asks(panel: Panel) -> set[str]:
    return base(set().union(*(queried(target["expr"]) for target in panel["targets"])))


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if "panel_url" in rule["annotations"]], ids=lambda each: each["alert"]
)
def test_each_alert_opens_the_panel_that_shows_it(rule: dict[str, Any]) -> None:
    found = re.fullmatch(r"http://localhost:3000/d/([\w-]+)\?viewPanel=(\d+)", rule["annotations"]["panel_url"])
    assert found
    (panel,) = [each for each in DASHBOARDS[found[1]]["panels"] if each["id"] == int(found[2])]
    assert asks(panel) & (base(queried(rule["expr"])) | {ALIKE.get(rule["alert"], "")})


def test_each_alert_has_a_panel() -> None:
    assert [
        rule["alert"] for rule in RULES if "panel_url" not in rule["annotations"] and rule["alert"] != "Paused"
    ] == []


@pytest.mark.parametrize("uid", DASHBOARDS)
def test_panels_lie_side_by_side(uid: str) -> None:
    panels = DASHBOARDS[uid]["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {panel["type"] for panel in panels} <= PLAIN
    for panel in panels:
        assert (panel["type"] == "logs") == (not of_prometheus(panel))
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= COLUMNS
        assert panel["title"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


def test_each_dashboard_marks_deploys_and_links_the_others() -> None:
    assert len(DASHBOARDS) == len(list(FOLDER.glob("*.json"))) == 4
    for board in DASHBOARDS.values():
        assert {link["url"] for link in board["links"]} == {f"/d/{uid}" for uid in DASHBOARDS}
        assert "stream_scout_build_info" in board["annotations"]["list"][0]["expr"]


def test_panels_of_the_logs_ask_the_data_source_that_is_provisioned() -> None:
    folder = FOLDER.parent / "provisioning/datasources"
    sources = [source for path in folder.glob("*.yml") for source in yaml.safe_load(path.read_text())["datasources"]]
    provisioned = {source["uid"]: source["type"] for source in sources}
    panels = [panel for board in DASHBOARDS.values() for panel in board["panels"]]
    assert {panel["datasource"]["uid"] for panel in panels} == set(provisioned)
    for panel in panels:
        assert panel["datasource"]["type"] == provisioned[panel["datasource"]["uid"]]
    grafana = yaml.safe_load((REPOSITORY / "docker-compose.processing.yml").read_text())["services"]["grafana"]
    assert grafana["environment"]["GF_PLUGINS_PREINSTALL"] == provisioned["victoria-logs"]
