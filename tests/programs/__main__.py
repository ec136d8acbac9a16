"""Store the sources of the programs' gradients anew: `python -m tests.programs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from programs.sources import write

if __name__ == "__main__":
    write()
