"""Run as a script in an environment of a target: measures what it is asked for.

It reads one JSON object a line from its input, ``{"measure": name, ...}``, and writes
one a line to its output: ``{"result": ...}`` or ``{"error": text}``.  With arguments,
``TARGET CLIENT CASE NUMBER``, it sends so many requests and ends (`instructions`).
"""

import gc
import json
import os
import sys
import traceback


def find_packages():
    """Let this script import `benchmarks`, behind whatever is installed.

    A peer is installed under the name that the checkout's package has as well.
    """
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or '.') != here]
    sys.path.append(os.path.dirname(here))


def send(target, client, case, number):
    """Send so many small requests, and nothing else."""
    from benchmarks.measures import session
    gc.disable()
    with session(target, client, case) as connected:
        request = getattr(connected, case)
        for _ in range(int(number)):
            request()


def answer():
    """Answer questions until the input ends."""
    from benchmarks.measures import MEASURES
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in iter(sys.stdin.readline, ''):
        question = json.loads(line)
        try:
            result = {'result': MEASURES[question.pop('measure')](**question)}
        except Exception:   # whatever it is, the program is told, and goes on
            result = {'error': traceback.format_exc()}
        answers.write(json.dumps(result) + '\n')
        answers.flush()


if __name__ == '__main__':
    find_packages()
    if sys.argv[1:]:
        send(*sys.argv[1:])
    else:
        answer()
