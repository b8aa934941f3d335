"""`python -m tests.benchmarks [name]`: run one benchmark or all; exit 1 when one falls short."""

import importlib
import sys
from pathlib import Path

NOT_BENCHMARKS = {
    "__init__", "__main__", "api_calls", "calendars", "people", "plain", "plain_settings",
    "growth_rows", "row_lock", "stage",
    "webhook_baseline", "webhook_pace", "webhook_receiver", "webhook_sender", "webhook_stage",
    "webhook_usual",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Each benchmark is a module with `main() -> int`; they run one after the other."""
    known = sorted({path.stem for path in Path(__file__).parent.glob("*.py")} - NOT_BENCHMARKS)
    wanted = arguments or known
    if unknown := set(wanted) - set(known):
        print(f"No benchmark {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
        return 2
    return max(importlib.import_module(f"tests.benchmarks.{name}").main() for name in wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
