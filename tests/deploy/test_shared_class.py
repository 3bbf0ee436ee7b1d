"""A class of two replicas behind the proxy, which a cluster keeps: its teacher's replica is killed, and it goes on."""

import signal
from typing import TYPE_CHECKING

import pytest

from bench.client import Visitor
from bench.follow import bar
from bench.proxy import behind_proxy
from explorer.ui.classroom.membership import CODE
from explorer.ui.serving.replica import COOKIE

if TYPE_CHECKING:
    from bench.ray_nodes import Nodes

pytestmark = [pytest.mark.nginx, pytest.mark.cluster, pytest.mark.filterwarnings("ignore")]


def test_a_teacher_comes_back_on_another_replica_and_is_followed(nodes: "Nodes") -> None:
    environment = {"EXPLORER_CLUSTER": nodes.address}
    with behind_proxy((environment, environment)) as replicas:
        with Visitor(replicas.proxy, "classroom", cookie=f"{COOKIE}=app-1") as teacher:
            teacher.visit()
            teacher.press("Open a class")
            code, mine = bar(teacher)["code"], bar(teacher)["cookie"]
        with Visitor(replicas.proxy, "compare", cookie=f"{COOKIE}=app-2") as student:
            student.visit(f"{CODE}={code}")
            here = student.place
            replicas.servers["app-1"].process.send_signal(signal.SIGKILL)
            cookie = f"{COOKIE}=app-1; {mine['name']}={mine['value']}"
            with Visitor(replicas.proxy, "paths", cookie=cookie) as teacher:
                teacher.visit()
                assert f"{COOKIE}=app-2" in teacher.cookie
                assert (bar(teacher)["leads"], bar(teacher)["code"], bar(teacher)["students"]) == (True, code, 1)
                for _ in range(20):
                    student.tick()
                assert student.place == teacher.place != here
