"""The embedded Valkey: command and clean stop. Every write is appended to its file."""

import signal

from portal.embedded.account import Account, private_folder
from portal.embedded.asking import ask_valkey
from portal.embedded.binaries import valkey_server as valkey_program
from portal.embedded.places import Places
from portal.embedded.server import Server

OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "dir": ".",
    "pidfile": "valkey.pid",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
    "loglevel": "notice",
}


def valkey_server(where: Places, account: Account) -> Server:
    """Valkey of a data folder: no TCP, its socket in a 0700 folder."""

    def command() -> list[str]:
        private_folder(where.valkey, account)
        options = OPTIONS | {"unixsocket": str(where.valkey_socket)}
        settings = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(valkey_program(account)), *settings]

    return Server(
        name="Valkey",
        account=account,
        folder=where.valkey,
        lock=where.locks / "valkey",
        log=where.logs / "valkey.log",
        main_pid_file=where.valkey / "valkey.pid",
        other_pid_files=(),
        ask=lambda: ask_valkey(where.valkey_socket),
        command=command,
        stop_signals=((signal.SIGTERM, 15.0),),
    )
