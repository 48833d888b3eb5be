"""What the tests start finds the modules in tools/, as they do themselves (pytest.ini)."""

import os
from pathlib import Path

os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[1] / "tools")
