"""How an inspection says no."""


class Rejected(Exception):
    """A file that is not taken; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
