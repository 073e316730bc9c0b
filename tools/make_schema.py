"""Writes portal/api/openapi.json from the code; `--check` only compares. A warning is an error.

python tools/make_schema.py [--check]
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402
from django.apps import apps  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.translation import override  # noqa: E402

if not apps.ready:
    django.setup()

from drf_spectacular.drainage import GENERATOR_STATS  # noqa: E402
from drf_spectacular.generators import SchemaGenerator  # noqa: E402
from drf_spectacular.validation import validate_schema  # noqa: E402

from portal.api.docs import FILE  # noqa: E402


def made() -> str:
    """The schema in English; SystemExit with every warning of the generator."""
    GENERATOR_STATS.reset()
    with override("en"):
        document = SchemaGenerator(patterns=[path("api/v1/", include("portal.api.urls"))]).get_schema(
            request=None, public=True
        )
        validate_schema(document)
        text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    if GENERATOR_STATS:
        GENERATOR_STATS.emit_summary()
        raise SystemExit("the schema has warnings")
    return text + "\n"


def main() -> int:
    text = made()
    if "--check" not in sys.argv:
        FILE.write_text(text, encoding="utf-8")
        return 0
    current = FILE.exists() and FILE.read_text(encoding="utf-8") == text
    if not current:
        print("portal/api/openapi.json is not current: run python tools/make_schema.py")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
