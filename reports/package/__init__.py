"""The files of a report as they are handed over, and the check that anyone can make of them."""

from reports.package.contents import (
    FIGURES,
    MANIFEST,
    PUBLIC,
    SNAPSHOT,
    Contents,
    PackagedFile,
    figures_bytes,
    file_hash,
    manifest_bytes,
    write_contents,
    write_manifest,
    write_whole,
)
from reports.package.verification import Finding, verify

__all__ = [
    "FIGURES",
    "MANIFEST",
    "PUBLIC",
    "SNAPSHOT",
    "Contents",
    "Finding",
    "PackagedFile",
    "figures_bytes",
    "file_hash",
    "manifest_bytes",
    "verify",
    "write_contents",
    "write_manifest",
    "write_whole",
]
