"""A run: the workers, and the alternating rounds in which they are asked."""

import collections
import sys

from . import environments
from .workers import Worker, WorkerError

ROUNDS_PER_PROCESS = 4      # then a fresh one: the layout of memory counts, too

#: One measurement: ``key`` is what the result is filed under, ``worker`` the name of
#: the target whose worker is asked.
Question = collections.namedtuple('Question', 'key worker measure arguments')


def question(key, worker, measure, **arguments):
    return Question(key, worker, measure, arguments)


class Run(object):
    """Asks the workers of the targets.

    :param names: the names of the targets to measure
    :param cache: the folder of the environments
    :param rounds: how often everything that is timed is measured
    :param seconds: how long one timing takes, about
    """

    def __init__(self, names, cache, rounds, seconds):
        self.targets = [target for target in environments.TARGETS
                        if target.name in names]
        self.rounds = rounds
        self.seconds = seconds
        self._cache = cache
        self._workers = {}
        self._failed = set()

    def measured(self, *names):
        """Those of the targets `names` that this run measures, in order."""
        return [target for target in self.targets if target.name in names]

    def targets_for(self, client):
        """The targets that can answer `client`."""
        return [target for target in self.targets
                if target.clients is None or client in target.clients]

    def ask(self, asked):
        """The result of one question, or ``None`` if it failed, which is told once."""
        if str(asked) in self._failed:
            return None
        try:
            return self._worker(asked.worker).ask(asked.measure, **asked.arguments)
        except WorkerError as error:
            print('%s: %s %s failed:\n%s' % (asked.worker, asked.measure,
                                             asked.arguments, error), file=sys.stderr)
            self._failed.add(str(asked))
            self._close(asked.worker)

    def ask_all(self, questions):
        """``{key: result}``, each asked once."""
        return dict((asked.key, self.ask(asked)) for asked in questions)

    def best(self, questions, rounds=None):
        """``{key: least result}`` of alternating rounds."""
        results = {}
        for number in range(rounds or self.rounds):
            if number and number % ROUNDS_PER_PROCESS == 0:
                self.close()
            for asked in questions:
                result = self.ask(asked)
                if result is not None:
                    results[asked.key] = min(result, results.get(asked.key, result))
            print('.', end='', file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return results

    def python_for(self, name):
        """The interpreter of a target's environment."""
        return environments.python_for(environments.BY_NAME[name], self._cache)

    def _worker(self, name):
        if name not in self._workers:
            self._workers[name] = Worker(self.python_for(name))
        return self._workers[name]

    def _close(self, name):
        self._workers.pop(name).close()

    def close(self):
        """End the workers."""
        for name in list(self._workers):
            self._close(name)
