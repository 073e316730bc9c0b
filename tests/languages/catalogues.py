"""The tool that collects and compiles the catalogues, and which languages are translated whole."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
# every text of these is translated; the others show English where a translation is missing
COMPLETE = ("fr", "ar")


@cache
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forms(string):
    """The forms of a translation, or the one there is."""
    return string if isinstance(string, tuple) else (string,)
