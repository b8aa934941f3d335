"""The sender of the webhook benchmarks: the product's pump, which trusts the receiver's authority.

`python -m tests.benchmarks.webhook_sender CA_FILE` works until it is terminated.
"""

import signal
import sys
import threading

import django


def main(ca_file: str) -> None:
    """Run the pump again and again, as the queue's wake-ups do, but without the queue."""
    django.setup()
    from webhooks.outgoing import Door
    from webhooks.pump import Pump

    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    pump = Pump(Door(ca_file=ca_file))
    pump.run(idle_seconds=0.0)
    print("ready", flush=True)
    while not ending.wait(0.05):
        pump.run(is_ending=ending.is_set)


if __name__ == "__main__":
    main(sys.argv[1])
