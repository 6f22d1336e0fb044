"""infrastructure/install.sh reliable, run for real on fresh machines; Docker, apt and Tailscale are stand-ins."""

import os
import re
from collections.abc import Callable

import pytest
import yaml
from integration.install.machine import ANSWERS, OPERATOR, REPOSITORY, SECRETS, Machine

KEY = {"TS_AUTHKEY": "tskey-auth-x"}
PATH_AFTER_SU = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"  # of root after `su` without `-`
Make = Callable[..., Machine]


@pytest.mark.parametrize(
    ("system", "packages"),
    [
        ("ubuntu-22.04", {"docker.io", "docker-compose-v2"}),
        ("ubuntu-24.04", {"docker.io", "docker-compose-v2"}),
        ("debian-12", {"docker-ce", "docker-compose-plugin"}),
        ("raspberry-pi-os", {"docker-ce", "docker-compose-plugin"}),
    ],
)
def test_a_fresh_machine_runs_and_a_second_run_changes_nothing(make: Make, system: str, packages: set[str]) -> None:
    """As a plain user who may use sudo, on each system that is supported."""
    machine = make(system=system, uid=OPERATOR)
    first = machine.install("reliable", **KEY, **ANSWERS)
    assert first.code == 0, first.output
    assert first.changed >= 8
    state = machine.state
    assert packages <= set(state["packages"])
    assert {"postgres", "api-frontend", "cloudflared", "watcher"} <= set(state["containers"]["reliable"])
    assert machine.dotenv["BIND_ADDR"] == "100.64.0.1"
    assert (machine.folder / "etc/sysctl.d/60-stream-scout.conf").read_text() == "net.ipv4.ip_nonlocal_bind=1\n"
    before = tree(machine)
    second = machine.install("reliable", **KEY, **ANSWERS)
    assert (second.code, second.changed) == (0, 0), second.output
    assert machine.install("reliable").changed == 0, "also without the variables"
    assert tree(machine) == before
    assert machine.state["changed"] == state["changed"], "nothing outside was changed"
    assert len(re.findall(r"^\[ *\d+/12\] ok ", second.output, re.MULTILINE)) == 12


def test_root_after_su_without_a_dash_installs_and_takes_away(make: Make) -> None:
    """Its PATH lacks /usr/sbin, where apt's helpers, sysctl, usermod and swapon are."""
    machine = make(system="debian-12", path=PATH_AFTER_SU)
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 0, done.output
    assert "postgres" in machine.state["containers"]["reliable"]
    done = machine.run("infrastructure/uninstall.sh", "--yes", "--delete-data")
    assert done.code == 0, done.output


def tree(machine: Machine) -> dict[str, bytes]:
    """All files that an installation may have written."""
    folders = [machine.checkout, machine.folder / "etc/apt", machine.folder / "etc/sysctl.d"]
    return {str(file): file.read_bytes() for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()}


def test_what_was_answered_is_where_it_belongs(make: Make) -> None:
    machine = make()
    assert machine.install("reliable", **KEY, **ANSWERS).code == 0
    assert machine.secret("twitch_client_secret") == ANSWERS["TWITCH_CLIENT_SECRET"]
    assert machine.secret("webhook_url") == ANSWERS["WEBHOOK_URL"]
    assert machine.secret("cloudflared_token") == ANSWERS["CLOUDFLARED_TOKEN"]
    dotenv = machine.dotenv
    assert dotenv["SITE_DOMAINS"] == "www.example.org"
    assert dotenv["API_PUBLIC_URL"] == "https://www.example.org"
    assert dotenv["API_SIGN_IN_RETURN_URL"] == "https://www.example.org/channels/opt-out/return"
    assert (dotenv["COMPOSE_PROFILES"], dotenv["API_TRUST_CLOUDFLARE"]) == ("tunnel", "true")
    assert (dotenv["TOP_CHANNELS"], dotenv["PINNED_CHANNELS"]) == ("50", "anna,bert")
    assert dotenv["STREAM_SCOUT_VERSION"] == "v1.2-3-gabcdef0"
    assert dotenv["OPERATIONS_URL"] == "https://git.example.org/you/stream-scout/blob/main/OPERATIONS.md"


def test_no_secret_is_in_a_command_an_environment_or_the_output(make: Make) -> None:
    """Except in the environment of the installer itself, where the caller has put them."""
    machine = make(uid=OPERATOR)
    done = machine.install("reliable", **KEY, **ANSWERS)
    made = [machine.secret(name) for name in ("kafka_password", "postgres_owner_password", "chatter_key")]
    seen = [str(call["call"]) + str(call["environment"]) for call in machine.calls()]
    seen += [done.output, *((machine.checkout / ".install").glob("*.log") and
                            [file.read_text() for file in (machine.checkout / ".install").glob("*.log")])]  # fmt: skip
    for secret in (*SECRETS, *KEY.values(), *made):
        assert not [text for text in seen if secret in text]
    assert len(seen) > 20


def test_a_changed_answer_is_taken_over(make: Make) -> None:
    machine = make()
    machine.install("reliable", **KEY, **ANSWERS)
    done = machine.install("reliable", TOP_CHANNELS="200", WEBHOOK_URL="https://discord.example.org/another")
    assert (done.code, done.changed) == (0, 3), done.output
    assert machine.dotenv["TOP_CHANNELS"] == "200"
    assert machine.secret("webhook_url") == "https://discord.example.org/another"
    assert machine.install("reliable").changed == 0


def test_what_the_operator_has_set_stays(make: Make) -> None:
    machine = make()
    (machine.checkout / ".env").write_text(
        "COMPOSE_PROFILES=discord\nTOP_CHANNELS=7\nAPI_PUBLIC_URL=https://a.example\n"
    )
    assert machine.install("reliable", **KEY, **ANSWERS, DISCORD_TOKEN="a-token-of-discord.1").code == 0
    assert machine.dotenv["COMPOSE_PROFILES"] == "discord,tunnel"
    assert (machine.dotenv["TOP_CHANNELS"], machine.dotenv["API_PUBLIC_URL"]) == ("7", "https://a.example")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SITE_DOMAINS": "https://www.example.org/"}, "SITE_DOMAINS has to look like www.example.org"),
        ({"PINNED_CHANNELS": ""}, "one of the two is needed"),
        ({"TWITCH_CLIENT_ID": "abcdefghijklmnopqrstuvwxyz0123"}, "TWITCH_CLIENT_ID without TWITCH_CLIENT_SECRET"),
        ({"WEBHOOK_URL": "s3cret-without-scheme"}, "WEBHOOK_URL has to look like https://"),
    ],
)
def test_wrong_values_are_refused_before_anything(make: Make, variables: dict[str, str], said: str) -> None:
    machine = make()
    done = machine.install("reliable", **{"PINNED_CHANNELS": "anna", **variables})
    assert (done.code, done.changed) == (1, 0)
    assert said in done.output
    assert "s3cret" not in done.output
    assert machine.state["changed"] == []


def test_a_raspberry_pi_without_memory_accounting_is_told_what_to_type(make: Make) -> None:
    machine = make(system="raspberry-pi-os", controllers="cpuset cpu io pids")
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 1
    assert re.search(
        r"sudo sed -i '1s/\$/ cgroup_enable=memory cgroup_memory=1/' /boot/\S*cmdline.txt && sudo reboot", done.output
    )
    assert machine.state["changed"] == []
    machine.controllers = "cpuset cpu io memory pids"
    assert machine.install("reliable", **KEY, **ANSWERS).code == 0


def test_a_system_it_does_not_know_ends_with_2(make: Make) -> None:
    machine = make()
    (machine.folder / "etc/os-release").write_text('PRETTY_NAME="Fedora Linux 42"\nID=fedora\nVERSION_ID=42\n')
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert (done.code, done.changed) == (2, 0)
    assert "Fedora Linux 42" in done.output
    assert "The long way" in done.output


def test_32_bits_end_with_2(make: Make) -> None:
    machine = make(system="raspberry-pi-os")
    machine.set_state(architecture="armhf")
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 2
    assert "64-bit" in done.output


def test_a_tag_that_the_policy_does_not_know_is_explained(make: Make) -> None:
    machine = make()
    machine.set_state(policy_is_pasted=False)
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 1
    assert "tag:reliable] are invalid or not permitted" in done.output
    assert "DEPLOYMENT.md, Before you begin" in done.output


def test_without_a_key_it_says_how_to_bring_tailscale_up(make: Make) -> None:
    machine = make(uid=OPERATOR)
    done = machine.install("reliable", **ANSWERS)
    assert done.code == 1
    assert "sudo --non-interactive -- tailscale up --advertise-tags=tag:reliable" in done.output


def test_a_page_in_the_place_of_tailscales_script_is_not_run(make: Make) -> None:
    machine = make()
    machine.set_state(tailscale_script="<html>Please sign in to the hotel's network</html>")
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 1
    assert "is no script" in done.output


def test_what_the_preflight_finds_is_shown_with_its_advice(make: Make) -> None:
    machine = make()
    machine.set_state(clock=False)
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 0, "the clock was set"
    (machine.checkout / "secrets/discord_token").write_text("")
    done = machine.install("reliable", COMPOSE_PROFILES="discord")
    assert done.code == 1
    assert "WRONG  ./secrets/discord_token is empty" in done.output
    assert "-> Get a token at discord.com" in done.output


def test_cloud_inits_command_installs(make: Make) -> None:
    """The file's own last command, as its user: the machine's plain one takes that place here."""
    data = yaml.safe_load((REPOSITORY / "infrastructure/cloud-init.yaml").read_text())
    machine = make(uid=OPERATOR)
    values = {**dict(re.findall(r"^(\w+)='(.*)'$", data["write_files"][0]["content"], re.MULTILINE)), **KEY}
    variables = machine.folder / "install.env"
    variables.write_text("".join(f"{name}='{value}'\n" for name, value in values.items()))
    os.chown(variables, OPERATOR, OPERATOR)
    variables.chmod(0o600)
    words = [
        word.replace("/home/scout/stream-scout", str(machine.checkout)).replace(
            "/home/scout/install.env", str(variables)
        )
        for word in data["runcmd"][-1]
    ]
    words[words.index("scout")] = "op"
    machine.uid = 0
    done = machine.run(*words)
    assert done.code == 0, done.output
    assert done.changed > 5
    assert "postgres" in machine.state["containers"]["reliable"]
    assert machine.dotenv["PINNED_CHANNELS"] == "login,login"
    assert not variables.exists()


def test_what_was_built_by_hand_goes_on(make: Make) -> None:
    """A machine of the long way: the installer adds what it has to, and builds nothing anew."""
    machine = make()
    assert machine.install("reliable", **KEY, **ANSWERS).code == 0
    dotenv = machine.checkout / ".env"
    dotenv.write_text(re.sub("STREAM_SCOUT_VERSION=.*\n", "", dotenv.read_text()))
    images = [name.rpartition(":")[0] + ":local" for name in machine.state["images"]]
    machine.set_state(images=images)
    done = machine.install("reliable")
    assert done.code == 0, done.output
    assert "STREAM_SCOUT_VERSION" not in machine.dotenv
    assert machine.state["images"] == images
