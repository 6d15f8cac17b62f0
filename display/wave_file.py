"""Owns sound as WAV files: made even in loudness, cut to what is heard, joined. Pure.

Every file is mono, 16 bits a sample.
"""

import io
import wave
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

PEAK = 0.8
"""Of full scale: loud, and nothing is clipped on its way to the ear."""
_HEARD = 0.01
_LEAD_S = 0.03
_FADE_S = 0.005
_FULL = 32767


def tidy(samples: Samples, rate: int) -> bytes:
    """A WAV file without silent ends, its loudest point at `PEAK`. Raises `ValueError` for silence."""
    loudest = float(np.max(np.abs(samples), initial=0.0))
    if loudest == 0.0:
        raise ValueError("the engine made no sound")
    heard = np.flatnonzero(np.abs(samples) > _HEARD * loudest)
    lead = int(_LEAD_S * rate)
    cut = samples[max(0, heard[0] - lead) : heard[-1] + lead] * (PEAK / loudest)
    fade = min(int(_FADE_S * rate), len(cut))
    cut[:fade] *= np.linspace(0, 1, fade)
    cut[-fade:] *= np.linspace(1, 0, fade)
    return _packed((cut * _FULL).astype("<i2").tobytes(), rate)


def joined(files: Sequence[bytes], gap_s: float) -> bytes:
    """One file of several of the same rate, with silence between them."""
    parts = [_unpacked(file) for file in files]
    rate = parts[0][1]
    silence = bytes(2 * int(gap_s * rate))
    return _packed(silence.join(frames for frames, _ in parts), rate)


def samples_of(file: bytes) -> tuple[Samples, int]:
    """The samples (full scale is 1) and their rate in hertz. Raises `wave.Error`, `EOFError` for no WAV file."""
    frames, rate = _unpacked(file)
    return np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2") / _FULL, rate


def _unpacked(file: bytes) -> tuple[bytes, int]:
    with wave.open(io.BytesIO(file)) as opened:
        return opened.readframes(opened.getnframes()), opened.getframerate()


def _packed(frames: bytes, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(frames)
    return out.getvalue()
