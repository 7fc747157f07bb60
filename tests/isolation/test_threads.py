"""Many threads, and other processes."""

import multiprocessing
import os
import subprocess
import sys
import threading

import pytest

import wsgi_intercept
from wsgi_intercept import add_wsgi_intercept, remove_wsgi_intercept

from ..apps import App, named, named_factory
from ..drivers import DRIVERS, HttpClientDriver
from .servers import TIMEOUT

URL = 'http://shared.example'
THREADS = 32
CYCLES = 4


def in_threads(functions):
    """Call each function in a thread of its own, all of them at once.

    The first error in any of them is raised.
    """
    start = threading.Event()
    errors = []

    def call(function):
        start.wait(TIMEOUT)
        try:
            function()
        except BaseException:
            errors.append(sys.exc_info())
    threads = [threading.Thread(target=call, args=(function,))
               for function in functions]
    for thread in threads:
        thread.daemon = True
        thread.start()
    start.set()
    for thread in threads:
        thread.join(TIMEOUT)
        assert not thread.is_alive(), 'a deadlock'
    for error in errors:
        raise error[1]


def get(driver_class, url):
    driver = driver_class()
    try:
        return driver.request('GET', url).body.decode('ascii')
    finally:
        driver.close()


def test_hosts_of_their_own_and_a_shared_one(driver_class):
    """Each enters, requests and leaves its own; all request one that stays."""
    def thread(number):
        name = 'app-%d' % number
        url = 'http://%s.example' % name
        driver = driver_class()
        for _each in range(CYCLES):
            with driver_class.interceptor(named_factory(name), url=url):
                assert driver.request('GET', url).body.decode('ascii') == name
                assert driver.request('GET', URL).body == b'shared'
        driver.close()
    with driver_class.interceptor(named_factory('shared'), url=URL):
        in_threads([lambda number=number: thread(number) for number in range(THREADS)])


def test_one_host_for_all(driver_class, server):
    """All stack up on one pair: some application that is there answers."""
    names = ['app-%d' % number for number in range(THREADS)]

    def thread(name):
        driver = driver_class()
        for _each in range(CYCLES):
            with driver_class.interceptor(named_factory(name), url=server.url):
                assert driver.request('GET', server.url).body.decode('ascii') in names
        driver.close()
    in_threads([lambda name=name: thread(name) for name in names])
    assert not server.requests
    assert get(driver_class, server.url) == 'real'


def test_patches_that_come_and_go(driver_class, server):
    """The client is patched and restored in some threads, and answers in others."""
    stop = threading.Event()

    def enter_and_leave():
        while not stop.is_set():
            with driver_class.interceptor(named_factory('mine'), 'mine.example'):
                pass

    def ask():
        try:
            with driver_class.interceptor(named_factory('shared'), url=URL):
                driver = driver_class()
                for _each in range(10 * CYCLES):
                    assert driver.request('GET', URL).body == b'shared'
                    assert driver.request('GET', server.url).body == b'real'
                driver.close()
        finally:
            stop.set()
    in_threads([enter_and_leave] * 3 + [ask])


def test_functions(driver_class, installed):
    """Pairs come and go in all threads; what is another's stays."""
    def thread(number):
        host = 'host-%d.example' % number
        driver = driver_class()
        for cycle in range(CYCLES):
            name = 'app-%d-%d' % (number, cycle)
            add_wsgi_intercept(host, 80, named_factory(name))
            assert driver.request('GET', 'http://' + host).body.decode('ascii') == name
        assert (host, 80) in wsgi_intercept._wsgi_intercept
        remove_wsgi_intercept(host, 80)
        assert (host, 80) not in wsgi_intercept._wsgi_intercept
        driver.close()
    in_threads([lambda number=number: thread(number) for number in range(THREADS)])


def test_registrations_are_seen_by_all_threads(driver_class):
    got = []
    with driver_class.interceptor(named_factory('app'), url=URL):
        in_threads([lambda: got.append(get(driver_class, URL))] * 3)
    assert got == ['app'] * 3


def test_entered_in_one_thread_and_left_in_another(driver_class, server):
    each = driver_class.interceptor(named_factory('app'), url=server.url)
    in_threads([each.__enter__])
    assert get(driver_class, server.url) == 'app'
    in_threads([lambda: each.__exit__(None, None, None)])
    assert get(driver_class, server.url) == 'real'


def test_one_session_in_many_threads():
    """urllib3's pools and requests' sessions are shared by threads."""
    for driver_class in DRIVERS[3:]:
        driver = driver_class()

        def ask(number):
            url = 'http://app-%d.example' % (number % 4)
            for _each in range(CYCLES):
                body = driver.request('GET', url).body
                assert body.decode('ascii') == str(number % 4)
        inside = [driver.interceptor(named_factory(str(number)),
                                     url='http://app-%d.example' % number)
                  for number in range(4)]
        for each in inside:
            each.__enter__()
        try:
            in_threads([lambda number=number: ask(number) for number in range(16)])
        finally:
            for each in inside:
                each.__exit__(None, None, None)
        driver.close()


# No lock is held while code of the user runs.

def elsewhere(driver_class, url):
    """In another thread, intercept, request and leave; to the end."""
    def intercept():
        with driver_class.interceptor(named_factory('other'), 'other.example'):
            assert get(driver_class, 'http://other.example') == 'other'
        # The same pair, too:
        with driver_class.interceptor(named_factory('inner'), url=url):
            assert get(driver_class, url) == 'inner'
        add_wsgi_intercept('third.example', 80, named_factory('third'))
        remove_wsgi_intercept('third.example', 80)
    in_threads([intercept])


def test_an_application_that_waits_for_another_thread(driver_class):
    def answer(app, environ, start_response):
        elsewhere(driver_class, URL)
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [b'waited']
    with driver_class.interceptor(App(answer).make, url=URL):
        assert get(driver_class, URL) == 'waited'


def test_a_factory_that_waits_for_another_thread(driver_class):
    def factory():
        elsewhere(driver_class, URL)
        return App(named('waited')).make()
    with driver_class.interceptor(factory, url=URL):
        assert get(driver_class, URL) == 'waited'


def test_an_iterable_that_waits_for_another_thread(driver_class):
    closed = []

    class Iterable(object):
        def __iter__(self):
            elsewhere(driver_class, URL)
            yield b'waited'
            elsewhere(driver_class, URL)

        def close(self):
            elsewhere(driver_class, URL)
            closed.append(1)

    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return Iterable()
    with driver_class.interceptor(App(answer).make, url=URL):
        assert get(driver_class, URL) == 'waited'
    assert closed == [1]


def test_applications_that_wait_for_one_another(driver_class):
    """Two requests are under way at once."""
    met = [threading.Event(), threading.Event()]

    def application(number):
        def answer(app, environ, start_response):
            met[number].set()
            assert met[not number].wait(TIMEOUT)
            start_response('200 OK', [('Content-Type', 'text/plain')])
            return [b'met']
        return App(answer).make
    urls = ['http://one.example', 'http://two.example']
    got = []
    with driver_class.interceptor(application(0), url=urls[0]):
        with driver_class.interceptor(application(1), url=urls[1]):
            in_threads([lambda url=url: got.append(get(driver_class, url))
                        for url in urls])
    assert got == ['met', 'met']


# Processes

FORKING = """
import os, signal, sys, threading
from tests.apps import named_factory
from tests.drivers import DRIVERS

url = 'http://app.example'

def get(driver):
    return driver.request('GET', url).body

def child(driver, interceptor):
    'The child has what the parent had, and what it does is its own.'
    assert get(driver) == b'app'
    with driver.interceptor(named_factory('of the child'), url=url):
        assert get(driver) == b'of the child'
    assert get(driver) == b'app'
    interceptor.__exit__(None, None, None)
    import wsgi_intercept
    assert not wsgi_intercept._wsgi_intercept

for driver_class in DRIVERS:
    driver = driver_class()
    interceptor = driver.interceptor(named_factory('app'), url=url)
    with interceptor:
        for used in (False, True):
            if used:
                assert get(driver) == b'app'
            process = os.fork()
            if not process:
                signal.alarm(10)
                code = 1
                try:
                    child(driver, interceptor)
                    code = 0
                finally:
                    os._exit(code)
            assert os.waitpid(process, 0)[1] == 0, driver_class
            assert get(driver) == b'app'
    driver.close()
print('done')
"""

# A lock that a thread holds at the fork is held for ever in the child.
FORKING_AMONG_THREADS = """
import os, signal, threading, warnings
import wsgi_intercept
from tests.apps import named_factory
from tests.drivers import HttpClientDriver
from wsgi_intercept import add_wsgi_intercept, remove_wsgi_intercept

warnings.simplefilter('ignore', DeprecationWarning)     # of forks among threads
stop = threading.Event()

# Python does not let go of the lock of a module that a thread imports at the fork.
with HttpClientDriver.interceptor(named_factory('app')):
    pass

def enter_and_leave(number):
    host = 'host-%d.example' % number
    while not stop.is_set():
        with HttpClientDriver.interceptor(named_factory('app'), host):
            add_wsgi_intercept(host, 81, named_factory('app'))
            remove_wsgi_intercept(host, 81)

threads = [threading.Thread(target=enter_and_leave, args=(number,))
           for number in range(3)]
for thread in threads:
    thread.daemon = True
    thread.start()
try:
    for number in range(40):
        process = os.fork()
        if not process:
            signal.alarm(5)
            code = 1
            try:
                driver = HttpClientDriver()
                with driver.interceptor(named_factory('child'), 'child.example'):
                    answer = driver.request('GET', 'http://child.example')
                code = answer.body != b'child'
            finally:
                os._exit(code)
        assert os.waitpid(process, 0)[1] == 0
finally:
    stop.set()
    for thread in threads:
        thread.join()
print('done')
"""

# The module of a public name is imported when the name is asked for.
FORKING_IN_AN_IMPORT = """
import importlib.machinery, os, signal, threading, time, warnings
import wsgi_intercept

warnings.simplefilter('ignore', DeprecationWarning)     # of forks among threads
begun = threading.Event()
load = importlib.machinery.SourceFileLoader.exec_module

def load_slowly(self, module):
    begun.set()
    time.sleep(.2)
    return load(self, module)

importlib.machinery.SourceFileLoader.exec_module = load_slowly
thread = threading.Thread(target=lambda: wsgi_intercept.WSGI_HTTPConnection)
thread.start()
begun.wait()
process = os.fork()
if not process:
    signal.alarm(5)
    wsgi_intercept.WSGI_HTTPConnection
    os._exit(0)
assert os.waitpid(process, 0)[1] == 0
thread.join()
print('done')
"""


def run_script(script):
    """Run a script in a Python of its own, which has no threads but its own."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(wsgi_intercept.__file__)))
    path = os.pathsep.join([root] + os.environ.get('PYTHONPATH', '').split(os.pathsep))
    process = subprocess.Popen([sys.executable, '-c', script],
                               env=dict(os.environ, PYTHONPATH=path.rstrip(os.pathsep)),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    assert process.returncode == 0, err.decode('utf-8', 'replace')
    return out.decode('ascii').split('\n')


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='no os.fork() on this platform')
def test_fork():
    assert 'done' in [line.strip() for line in run_script(FORKING)]


@pytest.mark.skipif(not hasattr(os, 'register_at_fork'),
                    reason='no os.register_at_fork() in this Python, or on this '
                           'platform, to let go of locks')
def test_fork_among_threads():
    assert 'done' in [line.strip() for line in run_script(FORKING_AMONG_THREADS)]


@pytest.mark.skipif(not hasattr(os, 'register_at_fork'),
                    reason='no os.register_at_fork() in this Python, or on this '
                           'platform, to let go of locks')
def test_fork_in_an_import():
    assert 'done' in [line.strip() for line in run_script(FORKING_IN_AN_IMPORT)]


def in_a_spawned_process(registered):
    """Nothing is registered there; what is done there is of that process."""
    assert not wsgi_intercept._wsgi_intercept
    driver = HttpClientDriver()
    with driver.interceptor(named_factory('spawned'), registered):
        assert driver.request('GET', 'http://' + registered).body == b'spawned'
    driver.close()


@pytest.mark.skipif(not hasattr(multiprocessing, 'get_context'),
                    reason='multiprocessing spawns processes from Python 3.4 on')
def test_spawn():
    driver = HttpClientDriver()
    with driver.interceptor(named_factory('app'), url=URL):
        process = multiprocessing.get_context('spawn').Process(
            target=in_a_spawned_process, args=('shared.example',))
        process.start()
        process.join(2 * TIMEOUT)
        assert process.exitcode == 0
        assert driver.request('GET', URL).body == b'app'
    driver.close()
