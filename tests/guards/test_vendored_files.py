"""Guard: what others wrote lies here byte for byte as they published it, named, licensed and whole."""

import hashlib
import tomllib
from pathlib import Path

from tests.guards.tree import ROOT

VENDOR = ROOT / "foster_bond" / "web" / "static" / "vendor"


def manifest() -> list[dict[str, str]]:
    assets: list[dict[str, str]] = tomllib.loads((VENDOR / "MANIFEST.toml").read_text(encoding="utf-8"))["asset"]
    return assets


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_asset_is_the_one_that_was_vendored() -> None:
    for asset in manifest():
        assert asset["name"]
        assert asset["licence"]
        assert asset["version"] in asset["file"]
        assert digest(VENDOR / asset["file"]) == asset["sha256"], asset["file"]


def test_nothing_is_vendored_unnamed() -> None:
    named = {"MANIFEST.toml"} | {asset[key] for asset in manifest() for key in ("file", "licence_file") if key in asset}
    assert {path.name for path in VENDOR.iterdir()} == named
