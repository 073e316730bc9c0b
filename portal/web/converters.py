"""What may stand in an address."""

from django.urls import register_converter


class Key:
    """The key of a record: a reference, a draft's opaque id, or `draft-` and a number; nothing else is one."""

    regex = r"[A-Za-z0-9-]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Slug(Key):
    """The name of a move, with hyphens."""

    regex = r"[a-z]+(?:-[a-z]+)*"


class Small:
    """A number from 1 that fits a column of ids."""

    regex = r"[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(Small, "small")
register_converter(Key, "key")
register_converter(Slug, "move")
