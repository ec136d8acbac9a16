"""Print the table of the language for the README: `python -m tests.census`."""

from census.table import section

if __name__ == "__main__":
    print(section())
