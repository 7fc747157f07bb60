"""The measurements that a worker can be asked for.

Each is a function of keyword arguments that come, and of a result that goes, as
JSON.  Times are in seconds.
"""

import contextlib
import gc
import statistics
import subprocess
import sys
import threading
import timeit

from . import applications, costs
from .applications import SIZE, Zeros
from .clients import CLIENTS
from .floor import SMALL, Floor
from .targets import TARGETS, TOOLS, URL, replaced

REPEATS = 40        # the best of so many short runs is one round's time
TRANSFERRING = 0.2  # seconds in which a transfer is repeated
THREADS = 16

_numbers = {}       # what is timed -> how many calls take about long enough


@contextlib.contextmanager
def session(target, client, case):
    """A client that reaches the application of a case through a target."""
    cls = CLIENTS[client]
    with TARGETS[target](cls, case) as url:
        connected = cls(url)
        try:
            yield connected
        finally:
            connected.close()


def best_time(key, function, seconds):
    """The time of one call, the best of a few runs of about `seconds`."""
    # timeit stops the garbage collector, which is part of what a request costs.
    timer = timeit.Timer(function, setup=gc.enable)
    if key not in _numbers:
        function()
        once = max(min(timer.repeat(2, 1)), 1e-7)
        _numbers[key] = max(1, int(seconds / once))
    return min(timer.repeat(REPEATS, _numbers[key])) / _numbers[key]


def small(target, client, case, seconds):
    """The time of one small request."""
    if target in TOOLS:
        request = TOOLS[target](case)
        return best_time((target, case), request, seconds)
    with session(target, client, case) as connected:
        request = getattr(connected, case)
        if request() != applications.GREETING:
            raise AssertionError('%s: another answer' % target)
        return best_time((target, client, case), request, seconds)


def count(target, client, case):
    """``(calls, bytecodes)`` of one small request over FLOOR+APP."""
    with session('floor+app', client, case) as connected:
        floor_counts = costs.count(getattr(connected, case))
    with session(target, client, case) as connected:
        return costs.over_floor(costs.count(getattr(connected, case)), floor_counts)


def profile(target, client, case):
    """Where one small request spends: ``[[file, function, calls, bytecodes], ...]``."""
    with session('floor+app', client, case) as connected:
        floor_counts = costs.count(getattr(connected, case))
    with session(target, client, case) as connected:
        counts = costs.count(getattr(connected, case))
    rows = [key + value for key, value in
            costs.by_function(counts, floor_counts).items()]
    return sorted(rows, key=lambda row: -row[3])


def once(function):
    """The time of one call."""
    start = timeit.default_timer()
    function()
    return timeit.default_timer() - start


def body_of(kind):
    """A request's body of 64 MiB and its header fields: ``file, length`` and so on."""
    what, length = kind.split(', ')
    body = Zeros(SIZE)
    headers = {'Content-Type': 'application/octet-stream'}
    if length == 'length':
        headers['Content-Length'] = str(SIZE)
    return (body if what == 'file' else (piece for piece in body)), headers


def transfer(target, client, case, kind=''):
    """Send or fetch 64 MiB, once: a function of no arguments, in its context.

    `case` is one of the applications' or ``content``, the download read at once.
    """
    application = 'download' if case == 'content' else case

    @contextlib.contextmanager
    def prepared():
        with session(target, client, application) as connected:
            if case == 'upload':
                def function():
                    if int(connected.upload(*body_of(kind))) != SIZE:
                        raise AssertionError('the body arrived as another')
            else:
                read = connected.content if case == 'content' else connected.download

                def function():
                    if read() != SIZE:
                        raise AssertionError('the body arrived as another')
            yield function
    return prepared()


def transfer_time(target, client, case, kind=''):
    """The time of a transfer, the best of as many as take about long enough."""
    times = []
    with transfer(target, client, case, kind) as function:
        while sum(times) < TRANSFERRING:
            times.append(once(function))
    return min(times)


def transfer_memory(target, client, case, kind=''):
    """The peak of the memory that Python allocates in a transfer, in bytes."""
    import tracemalloc
    with session(target, client, 'get') as connected:
        connected.get()         # what is made once is none of the transfer's
    with transfer(target, client, case, kind) as function:
        return peak(tracemalloc, function)


def body_memory(target, client, size):
    """The peak in a POST of a bytes body of `size`, which exists before."""
    import tracemalloc
    body = b'x' * size
    with session(target, client, 'upload') as connected:
        def function():
            connected.upload(body, {'Content-Type': 'text/plain'})
        function()
        return peak(tracemalloc, function)


def peak(tracemalloc, function):
    gc.collect()
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def produced_at_headers(target, client):
    """How many of 1024 pieces the application has made when the client has headers."""
    with session(target, client, 'download') as connected:
        before = applications.produced[0]
        response = connected.stream()
        produced = applications.produced[0] - before
        response.close()
        return produced


def enter_and_leave(client, make, seconds):
    """The time to enter and leave an interceptor, which may be made each time."""
    from wsgi_intercept import interceptor
    intercepting = getattr(interceptor, CLIENTS[client].interceptor)

    def factory():
        return applications.get

    made = intercepting(factory, url=URL)

    def function():
        with intercepting(factory, url=URL) if make else made:
            pass

    return best_time((client, 'enter', make), function, seconds)


def look_up(target, registrations, seconds):
    """The time of a small GET among so many registrations."""
    import wsgi_intercept
    for number in range(registrations - 1):
        wsgi_intercept.add_wsgi_intercept(
            'host%d.invalid' % number, 80, lambda: applications.get)
    try:
        return small(target, 'http.client', 'get', seconds)
    finally:
        wsgi_intercept.remove_wsgi_intercept()


def pass_through(seconds):
    """What a GET, on a new connection, to a host that is not registered takes more.

    Where http.client would dial it gets a fake socket: the time is the client's, and
    the interception's.  It is the difference of two medians, of many runs in turn.
    """
    import socket
    from wsgi_intercept import http_client_intercept
    cls = CLIENTS['http.client']

    def function():
        connected = cls(URL)
        connected.get()
        connected.close()

    def run():
        timer.timeit(number // 2)       # so that the interpreter adapts
        return min(timer.repeat(3, number)) / number

    timer = timeit.Timer(function, setup=gc.enable)
    without, within = [], []
    with replaced(socket, 'create_connection', lambda *args: Floor()):
        number = int(seconds / 2 / min(timer.repeat(20, 1))) + 1
        for _ in range(5 * REPEATS):
            without.append(run())
            http_client_intercept.install()
            try:
                within.append(run())
            finally:
                http_client_intercept.uninstall()
    return statistics.median(within) - statistics.median(without)


def loopback(seconds):
    """The time of a GET, on a new connection, to a bare server on loopback."""
    import socket
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(5)

    def serve():
        while True:
            connection = listener.accept()[0]
            if not connection.recv(1 << 16):
                return
            connection.sendall(SMALL)
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    url = 'http://127.0.0.1:%d/' % listener.getsockname()[1]

    def function():
        connected = CLIENTS['http.client'](url)
        connected.get()
        connected.close()

    try:
        return best_time('loopback', function, seconds)
    finally:
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()


def threads(target, client, seconds):
    """The time of so many small GETs in one thread, and in 16 that share them."""
    with TARGETS[target](CLIENTS[client], 'get') as url:
        sessions = [CLIENTS[client](url) for _ in range(THREADS)]
        once(sessions[0].get)
        number = int(seconds / once(sessions[0].get)) // THREADS + 1
        single = min(once(lambda: run_threads(sessions[:1], number * THREADS))
                     for _ in range(REPEATS // 8))
        shared = min(once(lambda: run_threads(sessions, number))
                     for _ in range(REPEATS // 8))
        for each in sessions:
            each.close()
    return single, shared


def run_threads(sessions, number):
    """So many small GETs from each session, all in threads of their own."""
    running = [threading.Thread(target=repeat, args=(each.get, number))
               for each in sessions]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def repeat(function, number):
    for _ in range(number):
        function()


IMPORT = """
import http.client, sys, timeit
from six.moves import http_client
sys.path[:] = %r
start = timeit.default_timer()
import %s
print(timeit.default_timer() - start)
"""


def import_time(module):
    """The time to import a module where http.client and six are imported."""
    return float(subprocess.check_output(
        [sys.executable, '-c', IMPORT % (sys.path, module)]))


def versions(names):
    """The versions of packages, ``None`` for those that are not installed."""
    from importlib import metadata
    installed = {}
    for each in metadata.distributions():       # as they are found on the path
        name = each.metadata['Name'].lower().replace('_', '-')
        installed.setdefault(name, each.version)
    return dict((name, installed.get(name)) for name in names)


MEASURES = dict((measure.__name__, measure) for measure in [
    small, count, profile, transfer_time, transfer_memory, body_memory,
    produced_at_headers, enter_and_leave, look_up, pass_through, loopback, threads,
    import_time, versions])
