"""The files of a report as they are handed over, and the check that anyone can make of them."""

from reports.package.contents import (
    FIGURES,
    MANIFEST,
    PUBLIC,
    SNAPSHOT,
    PackagedFile,
    figures_bytes,
    figures_read,
    file_hash,
    manifest_bytes,
    write_manifest,
    write_whole,
)
from reports.package.verification import Finding, verify

__all__ = [
    "FIGURES",
    "MANIFEST",
    "PUBLIC",
    "SNAPSHOT",
    "Finding",
    "PackagedFile",
    "figures_bytes",
    "figures_read",
    "file_hash",
    "manifest_bytes",
    "verify",
    "write_manifest",
    "write_whole",
]
