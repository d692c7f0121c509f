"""Reading aloud, by espeak-ng on this machine."""
