"""Make the helpers next to the tests (`support`, `language_cases`, `benchmarks`) importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
