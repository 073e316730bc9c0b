"""A mail server of our own for the tests: speaks SMTP on the loopback, keeps what it took, fails as told."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast


class _Session(socketserver.StreamRequestHandler):
    server: "Post"

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 post")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            self.server.words.append(line.strip().decode())
            if word == b"QUIT":
                self.say("221 bye")
                return
            if word in {b"EHLO", b"HELO"}:
                self.say("250 post")
            elif word == b"RCPT" and self.server.recipient:
                self.say(self.server.recipient)
            elif word == b"DATA":
                self.say("354 go on")
                if not self._data():
                    return
            else:
                self.say("250 ok")

    def _data(self) -> bool:
        content = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            content += line[1:] if line.startswith(b"..") else line
        if self.server.data:
            self.say(self.server.data)
            return True
        self.server.taken.append(cast("EmailMessage", message_from_bytes(content, policy=policy.default)))
        if self.server.silent:  # it has the message, and is gone before it says so
            return False
        self.say("250 taken")
        return True


class Post(socketserver.ThreadingTCPServer):
    """`recipient` and `data` are its answers where it does not say yes; `silent` takes and says nothing."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.taken: list[EmailMessage] = []
        self.words: list[str] = []
        self.recipient = ""
        self.data = ""
        self.silent = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def to(self) -> list[str]:
        return sorted(message["To"] for message in self.taken)

    def keys(self) -> list[str]:
        return [message["Message-ID"] for message in self.taken]


@contextmanager
def running(settings: Any, *, port: int = 0) -> Iterator[Post]:
    """The server, with the portal's mail settings pointing to it."""
    with Post(port) as post:
        thread = threading.Thread(target=post.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        pointing(settings, post.port)
        yield post
        post.shutdown()
        thread.join()


def pointing(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())
