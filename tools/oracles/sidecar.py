"""Writes beside golden files how they were made: the command, the versions of what made them, their checksums."""

import hashlib
import importlib.metadata
import json
import pathlib
import sys


def write_sidecar(target: pathlib.Path, packages: list[str], notes: str = "") -> None:
    """Writes `target.json` for a file, or for a folder one that lists each of its files."""
    files = sorted(p for p in target.rglob("*") if p.is_file()) if target.is_dir() else [target]
    root = target if target.is_dir() else target.parent
    record = {
        "command": " ".join(["python3", "tools/oracles/" + pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]),
        "versions": {"python": sys.version.split()[0], **{p: importlib.metadata.version(p) for p in packages}},
        "sha256": {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
    }
    if notes:
        record["notes"] = notes
    target.with_name(target.name + ".json").write_text(json.dumps(record, indent=2) + "\n")
