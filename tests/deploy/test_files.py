"""The files for containers agree with the code and with each other: names, ports, bounds, users, secrets, times.

No Docker and no Kubernetes run here. What can be tried without them is: nginx reads its file in ``test_replicas``, and
the image's files are built into a wheel.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit import config
from streamlit.web.server.starlette.starlette_server_config import DEFAULT_WEBSOCKET_PING_INTERVAL

from bench.proxy import NAMES
from bench.server import ROOT
from explorer.ui.command import app_file
from explorer.ui.serving.leave import CLOSING_SECONDS, NOTICE
from explorer.ui.serving.log_lines import LOG
from explorer.ui.serving.metrics import METRICS
from explorer.ui.serving.replica import COOKIE, NAME, READY

DEPLOY = ROOT / "deploy"
NGINX = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
DEPLOYMENT, SERVICE, INGRESS = yaml.safe_load_all((DEPLOY / "kubernetes" / "app.yaml").read_text(encoding="utf-8"))
RAY = yaml.safe_load((DEPLOY / "kubernetes" / "ray.yaml").read_text(encoding="utf-8"))
POD = DEPLOYMENT["spec"]["template"]["spec"]
(APP,) = POD["containers"]
CLUSTER = "EXPLORER_CLUSTER"
HTTP, FIGURES = 8501, 9100
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def environments() -> Iterator[Mapping[str, str]]:
    """The app's, of each way to run it."""
    for name in NAMES:
        yield SERVICES[name]["environment"]
    yield {each["name"]: each.get("value", "") for each in APP["env"]}


def settings(directive: str) -> list[str]:
    return re.findall(rf"^\s*{directive} ([^;]+);", NGINX, re.MULTILINE)


def megabytes(text: str) -> float:
    return float(text.removesuffix("m"))


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


def test_the_app_knows_every_variable_that_it_is_given() -> None:
    options = {option.env_var for option in config._config_options_template.values()}
    ours = {NAME, NOTICE, LOG, METRICS, CLUSTER}
    for environment in environments():
        given = set(environment)
        assert {name for name in given if name.startswith("STREAMLIT_")} <= options
        assert {name for name in given if name.startswith("EXPLORER_")} <= ours
        others = {name for name in given if not name.startswith(("STREAMLIT_", "EXPLORER_", "RAY_"))}
        assert others == {"FORWARDED_ALLOW_IPS"}  # Uvicorn's
        assert environment["STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION"] == "true"
        assert environment[LOG] == "lines" and environment[METRICS].endswith(f":{FIGURES}")
        assert environment["FORWARDED_ALLOW_IPS"] not in ("*", "0.0.0.0/0")


def test_replicas_have_the_names_and_places_that_the_proxy_knows() -> None:
    servers = re.findall(r"server (\S+):(\d+)", NGINX)
    assert set(servers) == {(name, str(HTTP)) for name in NAMES}
    by_name = dict(re.findall(r"(app-\d+)\s+(replica_\d+);", NGINX))
    assert set(by_name) == set(NAMES) and f"$cookie_{COOKIE} " in NGINX
    for name, upstream in by_name.items():
        first, *others = re.search(rf"upstream {upstream} {{(.*?)}}", NGINX, re.DOTALL)[1].strip().splitlines()  # type: ignore[index]
        assert f"server {name}:" in first and "backup" not in first
        assert len(others) == len(NAMES) - 1 and all(each.endswith("backup;") for each in others)
        assert SERVICES[name]["environment"][NAME] == name
    network = ip_network(COMPOSE["networks"]["default"]["ipam"]["config"][0]["subnet"])
    fixed = [each["networks"]["default"]["ipv4_address"] for each in (SERVICES[name] for name in ("proxy", *NAMES))]
    assert len(set(fixed)) == 3 and all(ip_address(each) in network for each in fixed)
    assert {SERVICES[name]["environment"]["FORWARDED_ALLOW_IPS"] for name in NAMES} == {fixed[0]}


def test_the_proxy_lets_through_what_the_app_takes_and_waits_longer_than_it_is_silent() -> None:
    (body,) = settings("client_max_body_size")
    streamlits = tomllib.loads((app_file().parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert megabytes(body) > streamlits["server"]["maxUploadSize"] + 1  # a form around the file
    silence, _ = settings("proxy_read_timeout")
    assert seconds(silence) > 2 * DEFAULT_WEBSOCKET_PING_INTERVAL
    notes = INGRESS["metadata"]["annotations"]
    prefix = "nginx.ingress.kubernetes.io"
    assert notes[f"{prefix}/proxy-body-size"] == body
    assert notes[f"{prefix}/proxy-read-timeout"] == silence.removesuffix("s")
    assert notes[f"{prefix}/proxy-request-buffering"] == settings("proxy_request_buffering")[0] == "off"
    assert settings("proxy_set_header X-Forwarded-For") == ["$remote_addr"]


def test_only_the_proxy_is_reached_from_outside_and_figures_are_not() -> None:
    (listens,) = settings("listen")
    assert {name for name, each in SERVICES.items() if "ports" in each} == {"proxy"}
    assert [each.rpartition(":")[2] for each in SERVICES["proxy"]["ports"]] == [listens]
    assert str(FIGURES) not in NGINX
    (open_port,) = SERVICE["spec"]["ports"]
    ports = {each["name"]: each["containerPort"] for each in APP["ports"]}
    assert ports == {"http": HTTP, "metrics": FIGURES} and ports[open_port["targetPort"]] == HTTP
    (rule,) = INGRESS["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": SERVICE["metadata"]["name"], "port": {"name": open_port["name"]}}
    assert re.findall(r"^EXPOSE (.*)$", DOCKERFILE, re.MULTILINE) == [f"{HTTP} {FIGURES}"]


def test_everybody_is_told_the_same_secrets_and_none_is_written_down() -> None:
    for name in NAMES:
        environment = SERVICES[name]["environment"]
        assert environment["STREAMLIT_SERVER_COOKIE_SECRET"].startswith("${COOKIE_SECRET:?")
    told = {SERVICES[name]["environment"]["RAY_AUTH_TOKEN"] for name in (*NAMES, "ray-head", "ray-worker")}
    assert len(told) == 1 and told.pop().startswith("${RAY_TOKEN:?")
    secrets = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in APP["env"] if "valueFrom" in each}
    assert {"STREAMLIT_SERVER_COOKIE_SECRET", "RAY_AUTH_TOKEN"} == set(secrets)
    assert {each["name"] for each in secrets.values()} == {RAY["spec"]["authOptions"]["secretName"]}
    assert secrets["RAY_AUTH_TOKEN"]["key"] == "auth_token"  # as KubeRay calls it
    command = (DEPLOY / "kubernetes" / "app.yaml").read_text(encoding="utf-8").partition("apiVersion")[0]
    assert all(f"--from-literal={each['key']}=" in command for each in secrets.values())


def test_a_replica_has_time_to_leave_and_says_when_it_is_ready() -> None:
    graces = [*(seconds(SERVICES[name]["stop_grace_period"]) for name in NAMES), POD["terminationGracePeriodSeconds"]]
    for environment, grace in zip(environments(), graces, strict=True):
        assert grace > float(environment[NOTICE]) + CLOSING_SECONDS + 2
    assert APP["readinessProbe"]["httpGet"] == {"path": READY, "port": "http"}
    assert f":{HTTP}{READY}" in DOCKERFILE
    assert SERVICES["proxy"]["healthcheck"]["test"][-1] == f"http://127.0.0.1:{settings('listen')[0]}{READY}"
    assert DEPLOYMENT["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_image_runs_as_an_ordinary_user_everywhere() -> None:
    (user,) = re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)
    assert int(user) > 0 and f"--uid {user} " in DOCKERFILE
    pods = [POD, RAY["spec"]["headGroupSpec"]["template"]["spec"]]
    pods += [group["template"]["spec"] for group in RAY["spec"]["workerGroupSpecs"]]
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == int(user)
    assert "unprivileged" in SERVICES["proxy"]["image"] and int(settings("listen")[0]) > 1024
    images = {each["image"] for name, each in SERVICES.items() if name != "proxy"}
    assert images == {APP["image"]} == {container["image"] for pod in pods for container in pod["containers"]}


def test_replicas_find_the_cluster() -> None:
    head = SERVICES["ray-head"]["command"]
    address, port = SERVICES["app-1"]["environment"][CLUSTER].removeprefix("ray://").split(":")
    assert address == "ray-head" and f"--ray-client-server-port={port}" in head
    worker = SERVICES["ray-worker"]["command"]
    assert "--port=6379" in head and "--address=ray-head:6379" in worker
    for name in ("ray-head", "ray-worker"):
        assert SERVICES[name]["shm_size"] == "1gb"
    (there,) = [each["value"] for each in APP["env"] if each["name"] == CLUSTER]
    ports = {
        each["name"]: each["containerPort"]
        for each in RAY["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]["ports"]
    }
    assert there == f"ray://{RAY['metadata']['name']}-head-svc:{ports['client']}"


@pytest.mark.slow
def test_the_image_is_given_all_that_the_package_is_made_of(tmp_path: Path) -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "*"
    for name in (line[1:] for line in lines if line.startswith("!")):
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, tmp_path / name, ignore=ignored) if source.is_dir() else shutil.copy(source, tmp_path)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    (extras,) = re.findall(r"^ARG EXTRAS=(.*)$", DOCKERFILE, re.MULTILINE)
    assert set(extras.split(",")) <= {*PROJECT["optional-dependencies"], "cluster"}
    (python,) = re.findall(r"^FROM python:([\d.]+)-", DOCKERFILE, re.MULTILINE)
    assert f"Programming Language :: Python :: {python}" in PROJECT["classifiers"]
    assert re.findall(r'^CMD \["(.*)"\]$', DOCKERFILE, re.MULTILINE) == [*PROJECT["scripts"]]
