"""The tests of the measurement find its parts, and the boots that it is made of."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "boot"))
