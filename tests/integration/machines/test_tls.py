"""Profile `tls` with the real Caddy and HAProxy behind the firewall, reached by real clients from another network."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.support.network import CONTAINER, NEIGHBOUR, PUBLIC, Network

from embedded.paths import REPOSITORY

SITE, OTHER = "www.example.org", "example.org"
CADDY = shutil.which("caddy", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
NEEDED = ("ip", "nft", "iptables", "haproxy", "dnsmasq", "openssl", "curl")
WITHOUT_LIMITS = "ALL:@SECLEVEL=0"  # a client that would take anything
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or CADDY is None or not all(map(shutil.which, NEEDED)),
    reason="needs root, caddy, and apt-get install iproute2 nftables iptables haproxy dnsmasq-base openssl curl",
)
# The website, told apart from its proxies by saying what reached it.
WEBSITE = textwrap.dedent("""
    import json
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    class Site(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def do_GET(self):
            body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    ThreadingHTTPServer(("127.0.0.1", 5000), Site).serve_forever()
""")


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """Machine A with its proxy and a website, and ports 80 and 443 published to where Caddy will be."""
    (tmp_path / "env").write_text("COMPOSE_PROFILES=tls\n")
    made = Network(tmp_path)
    try:
        for port, to in ((80, 8080), (443, 8443)):
            made.publish(port, to=to)
        assert made.run("machine.sh", "reliable", "firewall", FIREWALL_TRIAL="no").returncode == 0
        made.hosts("box", proxy=CONTAINER, ca_example_org=NEIGHBOUR)
        made.hosts("outside", www_example_org=PUBLIC, example_org=PUBLIC, ca_example_org=NEIGHBOUR)
        made.start("box", sys.executable, "-c", WEBSITE)
        made.start("box", "dnsmasq", "--keep-in-foreground", "--no-resolv", "--no-hosts", "--listen-address=127.0.0.11",
                   "--bind-interfaces", "--address=/api-frontend/127.0.0.1", "--pid-file=")  # fmt: skip
        configured = tmp_path / "haproxy.cfg"
        written = (REPOSITORY / "configs/haproxy/haproxy.cfg").read_text()
        written = written.replace("bind :", f"bind {CONTAINER}:")  # the website has the loopback
        configured.write_text(written.replace("/usr/local/etc/haproxy", str(REPOSITORY / "configs/haproxy")))
        made.start("box", "haproxy", "-db", "-f", str(configured))
        yield made
    finally:
        made.close()


def certificate(folder: Path, *names: str) -> tuple[str, str]:
    """Make a certificate as an operator may have one; return its file and its key's."""
    crt, key = folder / "own.crt", folder / "own.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", f"/CN={names[0]}", "-addext", f"subjectAltName={','.join(f'DNS:{each}' for each in names)}",
         "-keyout", key, "-out", crt],
        check=True, capture_output=True,
    )  # fmt: skip
    return str(crt), str(key)


def start_caddy(network: Network, folder: Path, **variables: str) -> subprocess.Popen[bytes]:
    """Start Caddy as its container does."""
    settings = {
        "PATH": f"{Path(str(CADDY)).parent}:{os.environ['PATH']}",
        "CADDY_FOLDER": str(REPOSITORY / "configs" / "caddy"),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "SITE_DOMAINS": f"{SITE} {OTHER}",
    }
    return network.start("box", "sh", str(REPOSITORY / "configs/caddy/start.sh"), **settings | variables)


def with_own_certificate(network: Network, folder: Path) -> str:
    """Start Caddy with the operator's certificate, and wait for it; return the certificate's file."""
    crt, key = certificate(folder, SITE, OTHER)
    start_caddy(network, folder, TLS_CERTIFICATE_FILE=crt, TLS_KEY_FILE=key)
    wait_for(network, crt)
    return crt


def curl(network: Network, *words: str) -> str:
    return network.inside("outside", "curl", "-sS", "--max-time", "10", *words)


def wait_for(network: Network, ca: str, seconds: float = 30) -> None:
    until, problem = time.monotonic() + seconds, ""
    while time.monotonic() < until:
        try:
            return assert_ready(curl(network, "--fail", "--cacert", ca, f"https://{SITE}/"))
        except subprocess.CalledProcessError as error:
            problem = error.stderr
            time.sleep(0.3)
    pytest.fail(problem)


def assert_ready(body: str) -> None:
    assert json.loads(body)["host"] == SITE


def handshake(network: Network, version: str, address: str = f"{PUBLIC}:443", *words: str) -> str:
    """Return what openssl says of a handshake of this version of TLS and no other."""
    script = (
        f"openssl s_client -connect {address} -{version} -cipher {WITHOUT_LIMITS} {' '.join(words)} </dev/null 2>&1"
    )
    return network.inside("outside", "sh", "-c", f"{script}; true")


def test_a_client_of_tls_1_1_is_refused(network: Network, tmp_path: Path) -> None:
    with_own_certificate(network, tmp_path)
    for version in ("tls1", "tls1_1"):
        for name in (["-servername", SITE], ["-noservername"]):
            said = handshake(network, version, f"{PUBLIC}:443", *name)
            assert "alert protocol version" in said, said
            assert "Cipher is (NONE)" in said
    for version, shown in (("tls1_2", "TLSv1.2"), ("tls1_3", "TLSv1.3")):
        said = handshake(network, version, f"{PUBLIC}:443", "-servername", SITE)
        assert f"New, {shown}, Cipher is " in said, said


def test_that_client_can_speak_tls_1_1(network: Network, tmp_path: Path) -> None:
    """So that its refusal above is the server's doing."""
    crt, key = certificate(tmp_path, SITE)
    network.start("outside", "openssl", "s_server", "-accept", "127.0.0.1:4433", "-cert", crt, "-key", key, "-tls1_1",
                  "-cipher", WITHOUT_LIMITS, "-quiet")  # fmt: skip
    until = time.monotonic() + 10
    while "New, TLSv1.0, Cipher is ECDHE" not in (said := handshake(network, "tls1_1", "127.0.0.1:4433")):
        assert time.monotonic() < until, said
        time.sleep(0.2)


def test_visitors_are_told_to_stay_with_tls(network: Network, tmp_path: Path) -> None:
    ca = with_own_certificate(network, tmp_path)
    for name in (SITE, OTHER):
        headers = curl(network, "--head", "-X", "GET", "--cacert", ca, f"https://{name}/").lower()
        assert "strict-transport-security: max-age=31536000\n" in headers
        plain = curl(network, "--head", "-X", "GET", f"http://{name}/top?days=7").lower()
        assert plain.startswith("http/1.1 308 ")
        assert f"location: https://{name}/top?days=7\n" in plain


def test_the_website_learns_who_the_visitor_is(network: Network, tmp_path: Path) -> None:
    """Limits count by it, so nobody may say it of themselves."""
    ca = with_own_certificate(network, tmp_path)
    lies = [
        "-H",
        "X-Forwarded-For: 198.51.100.7",
        "-H",
        "CF-Connecting-IP: 198.51.100.7",
        "-H",
        "X-Forwarded-Proto: http",
    ]
    for protocol in ("--http1.1", "--http2"):
        reached = json.loads(curl(network, protocol, "--cacert", ca, *lies, f"https://{SITE}/"))
        assert (reached["x-forwarded-for"], reached["x-forwarded-proto"]) == (NEIGHBOUR, "https")
        assert "cf-connecting-ip" not in reached


def test_a_certificate_comes_by_acme(network: Network, tmp_path: Path) -> None:
    """From a real authority, Caddy's own, which checks over the ports that the firewall has opened."""
    authority = tmp_path / "Caddyfile"
    authority.write_text(
        "{\n admin off\n http_port 9080\n https_port 9443\n skip_install_trust\n}\n"
        "https://ca.example.org:9443 {\n tls internal\n acme_server\n}\n"
    )
    folders = {"XDG_DATA_HOME": str(tmp_path / "ca"), "XDG_CONFIG_HOME": str(tmp_path / "ca-config")}
    network.start("outside", str(CADDY), "run", "--config", str(authority), "--adapter", "caddyfile", **folders)
    root = tmp_path / "ca/caddy/pki/authorities/local/root.crt"
    until = time.monotonic() + 20
    while not root.exists():
        assert time.monotonic() < until
        time.sleep(0.2)
    start_caddy(network, tmp_path, TLS_ACME_URL="https://ca.example.org:9443/acme/local/directory",
                TLS_EMAIL="operator@example.org", SSL_CERT_FILE=str(root))  # fmt: skip
    wait_for(network, str(root), 60)


def test_half_a_certificate_is_said(network: Network, tmp_path: Path) -> None:
    crt, _ = certificate(tmp_path, SITE)
    process = start_caddy(network, tmp_path, TLS_CERTIFICATE_FILE=crt, TLS_KEY_FILE=str(tmp_path / "none"))
    assert process.wait(10) == 1
    assert "Only one of secrets/tls_certificate and secrets/tls_key" in (tmp_path / "sh-box.log").read_text()
