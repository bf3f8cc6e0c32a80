"""A language model's service played on a loopback socket, so that it can answer well and misbehave."""

import contextlib
import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Script = Callable[["Asked", Callable[[bytes], None]], None]


@dataclass
class Asked:
    """A request as it came: its number from 1, its headers and its body."""

    number: int
    head: str
    body: dict[str, Any]

    @property
    def guide(self) -> str:
        return self.body["messages"][0]["content"]

    @property
    def material(self) -> str:
        return self.body["messages"][1]["content"]

    @property
    def task(self) -> str:
        """Which of the shipped prompts asks."""
        marks = {
            "judge": "You sort news",
            "pair": "whether two reports are of one event",
            "importance": "You rate how much news matters",
            "letter": "You draft the letter",
            "questions": "You draft questions",
            "summary": "the short summary of one story",
            "consequence": "means for a company",
            "theme": "title of a theme",
            "lead": "opening of a quarterly briefing",
            "translation": "You translate",
            "answer": "You answer a question",
            "vote": "You check one sentence",
        }
        return next(name for name, mark in marks.items() if mark in self.guide)

    @property
    def sources(self) -> list[dict[str, str]]:
        """The numbered sources, field by field."""
        blocks = re.findall(
            r"\[source (\d+) (\w+)\]\n(.*?)\n\[end \1 \2\]", self.material, re.DOTALL
        )
        return [
            dict(line.partition(": ")[::2] for line in block.splitlines()) for _, _, block in blocks
        ]


@dataclass
class Service:
    """A running service: its address, and what it was asked."""

    port: int
    asked: list[Asked] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def tasks(self) -> list[str]:
        return [one.task for one in self.asked]


@contextlib.contextmanager
def service(script: Script) -> Iterator[Service]:
    """Serve requests with `script`, one a connection."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data = b""
            while b"\r\n\r\n" not in data:
                more = self.request.recv(65536)
                if not more:
                    return
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            found = re.search(rb"(?i)content-length: (\d+)", head)
            assert found is not None
            length = int(found[1])
            while len(body) < length:
                body += self.request.recv(65536)
            with lock:
                one = Asked(len(running.asked) + 1, head.decode("latin-1"), json.loads(body))
                running.asked.append(one)
            script(one, self.request.sendall)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, request_queue_size, block_on_close = True, 128, False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is what many of these tests are about."""

    lock = threading.Lock()
    with Server(("127.0.0.1", 0), Handler) as server:
        running = Service(server.server_address[1])
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()


def raw(body: bytes, status: str = "200 OK", *, length: bool = True, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}"] if length else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def completion(
    content: Any, *, tokens=(100, 20), finish="stop", vote: float | None = None
) -> bytes:
    """The answer of an OpenAI-compatible service; `content` that is no text is sent as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    choice: dict[str, Any] = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": finish,
    }
    if vote is not None:
        choice["logprobs"] = {
            "content": [
                {
                    "token": "yes",
                    "logprob": vote,
                    "top_logprobs": [
                        {"token": " Yes", "logprob": vote},
                        {"token": "no", "logprob": -vote - 3},
                    ],
                }
            ]
        }
    body: dict[str, Any] = {"id": "x", "object": "chat.completion", "choices": [choice]}
    if tokens:
        body["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return raw(json.dumps(body, ensure_ascii=False).encode())


def judge_all(asked: Asked, **values: Any) -> bytes:
    """A judgement of every item that was asked about, the same for all."""
    row = {
        "relevant": True, "category": "crm", "also": [], "ai": "none", "evidence": "none", "event": "launch",
        "vendors": [], "why": "the title says so",
    } | values  # fmt: skip
    rows = [{"id": number, **row} for number, _ in enumerate(asked.sources, 1)]
    return completion({"items": rows})


def echo_text(source: dict[str, str]) -> str:
    """The first sentence of a source."""
    return re.split(r"(?<=[.!?])\s", source.get("text") or source["title"])[0]


def answer_well(asked: Asked, send: Callable[[bytes], None]) -> None:
    """Answer every task with the sources' own words."""
    if asked.task == "judge":
        send(judge_all(asked))
    elif asked.task == "pair":
        send(completion({"same": False, "why": "two acts"}))
    elif asked.task == "importance":
        rows = [{"id": n, "importance": 1, "why": "x"} for n, _ in enumerate(asked.sources, 1)]
        send(completion({"items": rows}))
    elif asked.task == "vote":
        send(completion("yes", tokens=(80, 1), vote=-0.01))
    else:
        number = len(asked.sources) if asked.task == "theme" else 1
        data: dict[str, Any] = {
            "sentences": [
                {"text": echo_text(asked.sources[0]), "sources": list(range(1, number + 1))[:1]}
            ]
        }
        if asked.task == "translation":
            data["title"] = asked.sources[0]["title"]
        send(completion(data))
