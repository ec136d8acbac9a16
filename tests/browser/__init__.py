"""Reports in a browser, by Playwright and the system's Chromium.

They need the extra `browser` and a Chromium, such as Debian's:

    apt-get install chromium && pip install -e '.[dev,browser]'
    python -m pytest tests/browser

Without the package `playwright` they are not collected. The README's picture is taken anew by

    python -m tests.browser.picture
"""
