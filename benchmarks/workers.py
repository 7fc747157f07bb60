"""The program's side of a worker: a process, asked one question at a time."""

import json
import os
import subprocess
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PATIENCE = 120          # seconds for an answer


class WorkerError(Exception):
    """A measurement failed; the text is the worker's traceback."""


def environment():
    """The environment variables of a worker: no proxy, nothing that Python heeds."""
    return dict((name, value) for name, value in os.environ.items()
                if not name.lower().endswith('_proxy')
                and not name.startswith('PYTHON'))


class Worker(object):
    """Measures one target in a process of its own.

    :param python: the interpreter of the target's environment
    """

    def __init__(self, python):
        self._process = subprocess.Popen(
            [python, os.path.join(HERE, 'worker.py')], env=environment(), cwd=HERE,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)

    def ask(self, measure, **arguments):
        """The result of one of `benchmarks.measures.MEASURES`.

        :raises WorkerError: if it fails
        """
        arguments['measure'] = measure
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        try:
            self._process.stdin.write(json.dumps(arguments) + '\n')
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ''
        finally:
            watchdog.cancel()
        if not line:
            raise WorkerError('the worker ended, asked for %s' % arguments)
        answer = json.loads(line)
        if 'error' in answer:
            raise WorkerError(answer['error'])
        return answer['result']

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
