"""The compose files as Docker would read them without any variable set: closed, limited, watched."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from log_collector.lines.fields import KEPT
from service_runtime import shared_secrets

REPOSITORY = Path(__file__).resolve().parents[3]
FILES = ("docker-compose.reliable.yml", "docker-compose.processing.yml")
ONE_SHOT = {"roles", "migrate", "kafka-init", "backup"}
DOCKERFILES = ("service.Dockerfile", "flink.Dockerfile", "backup.Dockerfile")
BUILT_USER = "10001:10001"
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")

Service = dict[str, Any]


def text(name: str) -> str:
    return (REPOSITORY / name).read_text()


def rendered(name: str, **variables: str) -> dict[str, Any]:
    """The file with its variables filled in, as `docker compose config` does it."""
    filled = VARIABLE.sub(lambda found: variables.get(found[1], found[2] or ""), text(name))
    return yaml.safe_load(filled)


def services() -> list[Any]:
    return [
        pytest.param(file, name, service, id=f"{file.split('.')[1]}-{name}")
        for file in FILES
        for name, service in rendered(file)["services"].items()
    ]


every_service = pytest.mark.parametrize(("file", "name", "service"), services())


def megabytes(size: str) -> int:
    assert size.endswith("m"), size
    return int(size[:-1])


@pytest.mark.parametrize("file", FILES)
def test_usage_stands_on_top(file: str) -> None:
    head = text(file).split("\nname:")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert f"docker compose -f {file} up -d --build --wait" in head


@pytest.mark.parametrize("file", FILES)
def test_no_variable_is_required(file: str) -> None:
    """`stop` and `down` have to work without .env, so nothing may be `${X:?}`."""
    assert not re.search(r"\$\{\w+:?\?", text(file))
    assert not re.search(r"(?<!\$)\$\{(?!\w+:-)", text(file)), "every variable has a default"


@every_service
def test_ports_are_on_the_tailscale_address_or_loopback(file: str, name: str, service: Service) -> None:
    bound = rendered(file, BIND_ADDR="100.64.0.1")["services"][name].get("ports", [])
    if name == "caddy":
        return  # below
    for default, port in zip(service.get("ports", []), bound, strict=True):
        assert default.startswith("127.0.0.1:"), default
        assert port.startswith(("127.0.0.1:", "100.64.0.1:")), port


def test_only_who_wants_tls_opens_ports_to_everyone() -> None:
    caddy = rendered(FILES[0])["services"]["caddy"]
    assert caddy["profiles"] == ["tls"]
    assert caddy["ports"] == ["0.0.0.0:80:8080", "0.0.0.0:443:8443"]
    assert caddy["cap_add"] == ["NET_BIND_SERVICE"], "and nobody else has any"
    assert [name for file in FILES for name, each in rendered(file)["services"].items() if each.get("cap_add")] == [
        "caddy"
    ]


@pytest.mark.parametrize("name", ["flink-jobmanager", "grafana", "prometheus", "alertmanager", "victoria-logs"])
def test_what_operators_look_at_never_leaves_loopback(name: str) -> None:
    ports = rendered(FILES[1], BIND_ADDR="100.64.0.1")["services"][name]["ports"]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_redis_has_no_port() -> None:
    assert "ports" not in rendered(FILES[0])["services"]["redis"]


def test_each_network_holds_only_who_needs_it() -> None:
    members: dict[str, set[str]] = {}
    for name, service in rendered(FILES[0])["services"].items():
        for network in service.get("networks", [] if service.get("network_mode") == "none" else ["default"]):
            members.setdefault(network, set()).add(name)
    assert members == {
        "tunnel": {"cloudflared", "proxy"},
        "looks": {"watcher", "proxy"},
        "tls": {"caddy", "proxy"},
        "site": {"proxy", "api-frontend"},
        "limits": {"redis", "api-frontend"},
        "backup": {"backup"},
        "exporter": {"node-exporter"},
        "logs": {"log-source"},
        "database": {"postgres", "migrate", "api-frontend", "stream-monitoring-standby", "watcher", "discord-bot"},
    }
    assert rendered(FILES[0])["networks"]["limits"] == {"internal": True}


def test_visitors_have_one_door() -> None:
    """The website believes the proxy who a visitor is, so nobody else may reach it; the tunnel leads to the proxy."""
    services = rendered(FILES[0])["services"]
    assert services["api-frontend"]["environment"]["API_TRUST_PROXY"] == "true"
    assert "ports" not in services["api-frontend"]
    assert {port.rpartition(":")[2] for port in services["proxy"]["ports"]} == {"5000", "5001"}
    assert "reverse_proxy proxy:5002 {\n" in text("configs/caddy/Caddyfile")
    assert "service: http://proxy:5000\n" in text("configs/cloudflared/config.yml")
    assert "http-request set-header X-Forwarded-For %[src]\n" in text("configs/haproxy/haproxy.cfg")


def test_the_tunnel_runs_by_its_token_or_as_it_was_made() -> None:
    """The token is read from its file: it stands in no process list and no environment."""

    def command(**variables: str) -> str:
        return str(rendered(FILES[0], **variables)["services"]["cloudflared"]["command"])

    assert command().endswith(" --config /etc/cloudflared/config.yml run --token-file /etc/cloudflared/token")
    assert command(TUNNEL_ID="1-2-3").endswith(" --config /etc/cloudflared/config.yml run 1-2-3")
    given = rendered(FILES[0])["services"]["cloudflared"]["secrets"]
    assert {each["target"] for each in given} == {"/etc/cloudflared/token", "/etc/cloudflared/credentials.json"}


def test_the_proxy_keeps_a_connection_longer_than_the_tunnel_does() -> None:
    (tunnel,) = re.findall(r"keepAliveTimeout: (\d+)s", text("configs/cloudflared/config.yml"))
    (kept,) = re.findall(r"timeout http-keep-alive (\d+)s", text("configs/haproxy/haproxy.cfg"))
    assert int(kept) > int(tunnel)


@every_service
def test_each_service_has_the_password_of_its_role_alone(file: str, name: str, service: Service) -> None:
    given = {secret for secret in service.get("secrets", []) if str(secret).startswith("postgres_")}
    if name in ("postgres", "roles"):
        return
    environment = service.get("environment", {})
    login = re.match(r"postgresql://(\w+)@", environment.get("POSTGRES_DSN", ""))
    role = login[1] if login else environment.get("DATA_SOURCE_USER")  # the exporter is not ours
    assert given == ({f"postgres_{role}_password"} if role else set())
    assert role not in ("stream_scout", "owner") or name == "migrate"


def test_only_the_roles_setup_shares_postgres_socket() -> None:
    sharing = {
        name
        for name, service in rendered(FILES[0])["services"].items()
        if any(str(volume).startswith("postgres-socket:") for volume in service.get("volumes", []))
    }
    assert sharing == {"postgres", "roles"}


def test_roles_files_name_the_same_roles() -> None:
    made = set(re.findall(r"^        '(\w+)'", text("infrastructure/postgres/roles.sql"), re.MULTILINE))
    let_in = {role for roles in re.findall(r"^host +all +(\S+)", text("configs/postgres/pg_hba.conf"), re.MULTILINE)
              for role in roles.split(",")}  # fmt: skip
    passwords = {f"postgres_{role}_password" for role in made}
    assert let_in == made
    assert set(rendered(FILES[0])["services"]["roles"]["secrets"]) == passwords | set(shared_secrets.NAMES)
    assert all(f" {name}" in text("infrastructure/secrets.sh") for name in passwords)


@every_service
def test_image_is_named_exactly(file: str, name: str, service: Service) -> None:
    tag = service["image"].rpartition(":")[2]
    if service["image"].startswith("stream-scout/"):
        assert "build" in service or service["pull_policy"] == "never"
    else:
        assert re.search(r"\d+\.\d+", tag), service["image"]


@every_service
def test_confined(file: str, name: str, service: Service) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] <= 1024
    assert not service.get("privileged")
    assert service.get("network_mode") == ("none" if name == "roles" else None)


@every_service
def test_not_root(file: str, name: str, service: Service) -> None:
    if name == "log-source":
        return
    if service["image"].startswith("stream-scout/"):
        assert "user" not in service
    else:
        assert not service["user"].startswith(("0", "root"))


@pytest.mark.parametrize("file", FILES)
def test_who_reads_dockers_files_is_root_and_may_nothing_else(file: str) -> None:
    """Docker's files are root's; without a capability root is but their owner, and may only read here."""
    services = rendered(file)["services"]
    assert {name for name, service in services.items() if str(service.get("user")).startswith("0")} == {"log-source"}
    assert services["log-source"]["cap_drop"] == ["ALL"]
    assert services["log-source"]["volumes"] == ["/var/lib/docker/containers:/var/lib/docker/containers:ro"]
    assert "secrets" not in services["log-source"]
    assert services["log-source"]["group_add"] == []


def test_the_logs_leave_neither_machine_but_to_the_collector() -> None:
    both = [rendered(file, BIND_ADDR="100.64.0.1", LOCAL_ADDR="127.0.0.2")["services"] for file in FILES]
    assert both[0]["log-source"]["ports"] == ["100.64.0.1:9109:9109"]
    assert "ports" not in both[1]["log-source"]
    assert "ports" not in both[1]["log-collector"]
    assert both[1]["victoria-logs"]["ports"] == ["127.0.0.2:9428:9428"]


@pytest.mark.parametrize("name", DOCKERFILES)
def test_our_images_are_not_root(name: str) -> None:
    dockerfile = text(f"infrastructure/images/{name}")
    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE)[-1] == BUILT_USER


@every_service
def test_restarts_and_rotates_its_log(file: str, name: str, service: Service) -> None:
    assert service["restart"] == ("on-failure:5" if name in ONE_SHOT else "unless-stopped")
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


@every_service
def test_health_is_checked(file: str, name: str, service: Service) -> None:
    if name in ONE_SHOT:
        return
    test = service["healthcheck"]["test"]
    assert test[0] in ("CMD", "CMD-SHELL")
    assert service["healthcheck"]["timeout"]


@every_service
def test_no_password_but_in_files(file: str, name: str, service: Service) -> None:
    for variable, value in service.get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|TOKEN|KEY", variable):
            assert str(value).startswith(("/run/secrets/", "/run/twitch/")), variable
    assert not re.search(r"://[^@/\s]+:(?!\$\$\()[^@/\s]+@", str(service)), "a password in an address"


@pytest.mark.parametrize("file", FILES)
def test_secrets_are_the_files_that_make_secrets_makes(file: str) -> None:
    made = (REPOSITORY / "infrastructure" / "secrets.sh").read_text()
    for name, secret in rendered(file)["secrets"].items():
        assert secret["file"].startswith("./secrets/"), name
        assert secret["file"].removeprefix("./secrets/") in made, name


def test_both_machines_use_the_same_chatter_key() -> None:
    for file, name in ((FILES[0], "stream-monitoring-standby"), (FILES[1], "stream-monitoring")):
        service = rendered(file)["services"][name]
        assert "chatter_key" in service["secrets"]
        assert service["environment"]["MONITORING_CHATTER_KEY_FILE"] == "/run/secrets/chatter_key"


def test_images_can_be_replaced() -> None:
    """Where no registry is reached, each official image is named by a variable."""
    both = "".join(text(file) for file in FILES)
    for variable in (
        "PYTHON",
        "MAVEN",
        "POSTGRES",
        "REDIS",
        "KAFKA",
        "HAPROXY",
        "PROMETHEUS",
        "ALERTMANAGER",
        "GRAFANA",
        "CADDY",
        "CLOUDFLARED",
        "NODE_EXPORTER",
        "BLACKBOX_EXPORTER",
        "VICTORIA_LOGS",
        "POSTGRES_EXPORTER",
    ):
        assert f"${{{variable}_IMAGE:-" in both


def test_the_store_of_the_logs_keeps_a_week_and_a_gigabyte() -> None:
    """Alert and panel count from the same gigabyte; the collector leaves out what the store would not keep."""
    command = rendered(FILES[1])["services"]["victoria-logs"]["command"]
    assert {"-retentionPeriod=7d", "-retention.maxDiskSpaceUsageBytes=1GB"} <= set(command)
    assert timedelta(days=7) == KEPT
    assert "sum(vl_data_size_bytes) > 0.9e9 " in text("configs/prometheus/log_rules.yml")
    assert "sum(vl_data_size_bytes) / 1e9" in text("configs/grafana/dashboards/logs.json")
