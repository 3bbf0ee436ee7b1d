"""A visitor without a browser: speaks Streamlit's own protocol, so that what is timed is the server and nothing else.

It does what Streamlit's frontend does and no more: asks for runs, remembers large messages so that the server need
not send them twice, and keeps rerunning the fragments that ask for it.
"""

import json
import socket
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from bench.server import Server
from bench.upload import Upload

RUN_SECONDS = 120.0


@dataclass
class Visitor:
    """One session of one page; ``page`` is its path ("architecture"; "" is the first page). It waits for a run up to
    ``patience`` seconds.

    Use it as a context manager. ``elements`` holds the type of each element the page shows now, by its place;
    ``containers`` are the places of what holds elements; ``session`` is what the server calls it; ``received`` counts
    the bytes that the server has sent; ``inputs`` are the values that its browser holds for widgets, ``cookie`` the
    cookies that it sends, as the header has them, with those that the server set when the session began; ``headers``
    are further ones; ``address`` is that of its own end.
    """

    server: Server
    page: str = ""
    patience: float = RUN_SECONDS
    cookie: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    elements: dict[tuple[int, ...], str] = field(default_factory=dict, init=False)
    containers: set[tuple[int, ...]] = field(default_factory=set, init=False)
    session: str = field(default="", init=False)
    received: int = field(default=0, init=False)
    inputs: dict[str, WidgetState] = field(default_factory=dict, init=False)
    shown: dict[tuple[int, ...], Element] = field(default_factory=dict, init=False, repr=False)
    _stack: ExitStack = field(default_factory=ExitStack, init=False, repr=False)
    _socket: ClientConnection = field(init=False, repr=False)
    _page_hash: str = field(default="", init=False)
    _seen: dict[str, str] = field(default_factory=dict, init=False)  # hash of a large message -> its element's type
    _timers: dict[str, float] = field(default_factory=dict, init=False)  # fragment -> seconds between its reruns
    _query: str = field(default="", init=False)

    def __enter__(self) -> Self:
        address = f"ws://127.0.0.1:{self.server.port}/_stcore/stream"
        protocols: list[Any] = ["streamlit"]
        # No pings: a server that answers none for a while is what some benchmarks measure.
        how: dict[str, Any] = {"max_size": None, "compression": None, "open_timeout": 30, "ping_interval": None}
        how["additional_headers"] = {**self.headers, **({"Cookie": self.cookie} if self.cookie else {})}
        how |= {"source_address": (self.address, 0)} if self.address else {}
        connection = connect(address, subprotocols=protocols, **how)
        self._socket = self._stack.enter_context(connection)
        self._keep_cookies()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stack.close()

    def _keep_cookies(self) -> None:
        cookies = SimpleCookie(self.cookie)
        for each in self._socket.response.headers.get_all("Set-Cookie") if self._socket.response else ():
            cookies.load(each)
        self.cookie = "; ".join(f"{name}={each.value}" for name, each in cookies.items())

    def visit(self, query: str = "") -> float:
        """Open the page, ``query`` being what follows the question mark; returns the seconds until it was whole.

        Raises:
            RuntimeError: the page raised an exception, or does not exist.
            TimeoutError: it did not end in time.
        """
        self._query = query
        return self.rerun()

    def rerun(self) -> float:
        """Run the page again with nothing changed; returns and raises as ``visit`` does."""
        return self._run("")

    def settle(self, seconds: float = RUN_SECONDS) -> None:
        """Keep rerunning the fragments that ask for it until none does: what is computed behind the page is done.

        Raises:
            TimeoutError: something still asks for reruns after ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while self._timers:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The page still reruns {len(self._timers)} fragments after {seconds:g} s.")
            fragment, interval = min(self._timers.items(), key=lambda timer: timer[1])
            time.sleep(interval)
            self._run(fragment)

    def go(self, page: str, query: str = "") -> float:
        """Go to another page in this session, as a click on its link does; returns and raises as ``visit`` does."""
        self.page, self._page_hash = page, ""
        return self.visit(query)

    @property
    def place(self) -> str:
        """What the server calls the page that is shown."""
        return self._page_hash

    def tick(self) -> float:
        """Rerun the fragment with the longest interval once; returns the seconds that took.

        Raises:
            ValueError: no fragment asks to be rerun.
        """
        return self._run(max(self._timers, key=lambda fragment: self._timers[fragment]))

    def think(self, seconds: float) -> None:
        """Look at the page; raises ConnectionClosed as soon as the connection is lost."""
        deadline = time.monotonic() + seconds
        with suppress(TimeoutError):
            while True:
                self._finished(self._next(deadline))

    def paste(self, label: str, text: str) -> float:
        """Paste a text into the area with this label; returns the seconds of the run that follows."""
        widget = self._widget("text_area", label)
        self.inputs[widget.id] = WidgetState(id=widget.id, string_value=text)
        return self.rerun()

    def hand_in(self, label: str, *sent: Upload) -> float:
        """Tell the field with this label which files it holds, none to empty it; returns the seconds of the run."""
        widget = self._widget("file_uploader", label)
        infos = [UploadedFileInfo(file_id=each.file_id, name=each.name, size=each.length) for each in sent]
        state = FileUploaderState(uploaded_file_info=infos)
        self.inputs[widget.id] = WidgetState(id=widget.id, file_uploader_state_value=state)
        return self.rerun()

    def press(self, label: str) -> float:
        """Press the button with this label; returns the seconds of the run that follows."""
        widget = self._widget("button", label)
        self.inputs[widget.id] = WidgetState(id=widget.id, trigger_value=True)
        try:
            return self.rerun()
        finally:
            del self.inputs[widget.id]

    def trigger(self, component: str, event: str, value: object, *, in_fragment: bool = False) -> float:
        """Tell the page that a component of ours called ``component`` has sent this; returns the seconds of the run,
        which is that of the fragment with the longest interval if the component stands ``in_fragment``."""
        name = _events_of(self.component(component).id)
        self.inputs[name] = WidgetState(id=name, json_trigger_value=json.dumps([{"event": event, "value": value}]))
        try:
            return self.tick() if in_fragment else self.rerun()
        finally:
            del self.inputs[name]

    def component(self, name: str) -> Any:
        """The page's one component of this name."""
        found = [each.bidi_component for each in self.shown.values() if each.HasField("bidi_component")]
        (shown,) = [each for each in found if each.component_name.endswith(f"_{name}")]
        return shown

    def said(self) -> list[str]:
        """The alerts that the page shows."""
        return [element.alert.body for element in self.shown.values() if element.HasField("alert")]

    def _widget(self, kind: Any, label: str) -> Any:
        found = [getattr(each, kind) for each in self.shown.values() if each.HasField(kind)]
        (widget,) = [each for each in found if each.label == label]
        return widget

    def counts(self) -> Counter[str]:
        """How many elements of each type the page shows."""
        return Counter(self.elements.values())

    def _run(self, fragment: str) -> float:
        state = ClientState(query_string=self._query, page_script_hash=self._page_hash, fragment_id=fragment)
        state.is_auto_rerun = bool(fragment)
        state.cached_message_hashes.extend(self._seen)
        state.widget_states.widgets.extend(self.inputs.values())
        if not self._page_hash:
            state.page_name = self.page
        start = time.perf_counter()
        self._socket.send(BackMsg(rerun_script=state).SerializeToString())
        deadline = time.monotonic() + self.patience
        while not self._finished(self._next(deadline)):
            pass
        return time.perf_counter() - start

    def _next(self, deadline: float) -> ForwardMsg:
        _acknowledge_at_once(self._socket)
        message = ForwardMsg()
        data = self._socket.recv(timeout=max(deadline - time.monotonic(), 0.0), decode=False)
        self.received += len(data)
        message.ParseFromString(data)
        return message

    def _finished(self, message: ForwardMsg) -> bool:
        """Take note of a message; whether it says that the run is over."""
        match message.WhichOneof("type"):
            case "new_session":
                self._begin(message)
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "delta" | "ref_hash":
                self._place(message)
            case "auto_rerun":
                self._timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._timers.pop(fragment, None)
            case "page_not_found":
                raise RuntimeError(f"There is no page {self.page!r}.")
            case "script_finished":
                return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _begin(self, message: ForwardMsg) -> None:
        self._page_hash = message.new_session.page_script_hash
        self.session = message.new_session.initialize.session_id
        if not message.metadata.run.fragment_ids:  # a run of the whole page
            self.elements.clear()
            self.containers.clear()
            self.shown.clear()
            self._timers.clear()

    def _place(self, message: ForwardMsg) -> None:
        """Put an element in its place; the server sends only the hash of a large one that it has sent before."""
        if message.HasField("ref_hash"):
            kind = self._seen[message.ref_hash]
        elif message.delta.HasField("new_element"):
            kind = message.delta.new_element.WhichOneof("type") or "empty"
        else:
            if message.delta.HasField("add_block"):
                self.containers.add(tuple(message.metadata.delta_path))
            return
        if kind == "exception":
            raise RuntimeError(f"The page raised an exception:\n{self.server.log[-3000:]}")
        if message.metadata.cacheable:
            self._seen[message.hash] = kind
        self.elements[tuple(message.metadata.delta_path)] = kind
        if message.delta.HasField("new_element"):
            self.shown[tuple(message.metadata.delta_path)] = message.delta.new_element


def _acknowledge_at_once(connection: ClientConnection) -> None:
    """Keep TCP's delayed acknowledgements out of the figures: 40 ms at a time that belong to no server.

    Streamlit's sockets wait for the acknowledgement of one small message before they send the next (Nagle), and
    Linux holds acknowledgements back. The kernel forgets the option, so it is set for each message.
    """
    if hasattr(socket, "TCP_QUICKACK"):
        with suppress(OSError):  # a lost connection tells its reason where it is read
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def _events_of(component_id: str) -> str:
    """What Streamlit's frontend calls the events of a component (streamlit/components/v2/bidi_component/main.py)."""
    return f"$$STREAMLIT_INTERNAL_KEY_{component_id}__events"
