"""The console script `trio-tws`, also reached by ``python -m trio_tws``."""

import sys
from typing import Final

_EXTRA: Final = frozenset({"rich", "typer"})
"""The packages that the extra ``cli`` brings."""

_INTERRUPTED: Final = 130


def main() -> int:
    """Runs the command line, which exits by itself; gives the exit code if it can't be loaded."""
    try:
        from trio_tws._cli import app

        sys.exit(app(prog_name="trio-tws"))
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        print(
            f"trio-tws needs {missing}, which is not installed: "
            "python -m pip install 'trio-tws[cli]'",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:  # while the packages were still being loaded
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
