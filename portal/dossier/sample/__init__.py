"""The sample: a dossier of real and invented cases, cases dated from the day of loading, and people."""

from pathlib import Path

FOLDER = Path(__file__).parent
SAMPLE = FOLDER / "sample.json"
LIVE = FOLDER / "live.json"
PEOPLE = FOLDER / "people.json"
