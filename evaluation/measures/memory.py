"""How much memory a measurement took."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

_RESET_PEAK = "5"  # proc(5): the peak becomes what is resident now


def reset_peak() -> None:
    """From here on `peak_bytes` looks; where the system cannot, it looks from the very start."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text(_RESET_PEAK)


def peak_bytes() -> int:
    """The most memory that was resident at once in this process."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        peak = next(line for line in lines if line.startswith("VmHWM:"))
        return int(peak.split()[1]) * 1024
    except (OSError, StopIteration):
        import resource

        peak_size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak_size if sys.platform == "darwin" else peak_size * 1024
