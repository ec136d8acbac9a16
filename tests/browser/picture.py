"""Take the README's picture of a report anew: `python -m tests.browser.picture`.

It needs what the tests of this folder need.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.captures import PICTURED, fingerprint, marked, traced  # noqa: E402

PLACE = ROOT / "examples" / "pictures" / "report.png"
SIZE = {"width": 1200, "height": 760}


def main() -> None:
    """Write the report of the program that the README shows, and photograph it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^<!-- distance.py -->\n```python\n(.*?)^```", readme, re.M | re.S)
    PLACE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("distance.py").write_text(program, encoding="utf-8")
        trace = traced(PICTURED)
        page = trace.report("report.html").resolve().as_uri()
        png = photograph(page)
    PLACE.write_bytes(marked(png, fingerprint(trace)))


def photograph(page: str) -> bytes:
    """A page in light colours, with a line pointed at."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        sheet = browser.new_page(viewport=SIZE, color_scheme="light")
        sheet.goto(page)
        sheet.locator(".pane .line", has_text="distance = np.sqrt").first.hover()
        sheet.wait_for_timeout(300)
        png: bytes = sheet.screenshot()
        browser.close()
    return png


if __name__ == "__main__":
    main()
