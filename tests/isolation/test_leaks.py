"""Nothing is left in memory, among the descriptors or among the threads."""

import gc
import os
import sys
import threading
import warnings
import weakref

import pytest
import six
from six.moves import http_client

from wsgi_intercept import (
    WSGI_HTTPConnection, add_wsgi_intercept, remove_wsgi_intercept, wsgi_fake_socket)

from ..apps import App, named_factory
from ..drivers import DRIVERS

URL = 'http://app.example'
CYCLES = 1000
STREAMING = [driver for driver in DRIVERS if driver.streams]


def application(environ, start_response):
    """One that keeps nothing."""
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'app']


def factory_of_the_same():
    return application


def collect():
    """Collect all garbage; PyPy takes several rounds for finalizers."""
    for _each in range(4):
        gc.collect()


def descriptors():
    """How many file descriptors are open, where the system tells."""
    for directory in ('/proc/self/fd', '/dev/fd'):
        if os.path.isdir(directory):
            return len(os.listdir(directory))
    return None


def counts():
    collect()
    blocks = getattr(sys, 'getallocatedblocks', lambda: 0)()
    return {'objects': len(gc.get_objects()), 'blocks': blocks,
            'descriptors': descriptors(), 'threads': threading.active_count()}


def growth(cycle, cycles=CYCLES):
    """What `cycles` calls leave behind, after as many as fill all caches.

    What leaks one in each cycle leaks `cycles` of them, in each of ten rounds.  Some
    come and go in caches of Python and of the clients, fewer in each round: hardly
    any objects, but blocks of memory, which PyMem gives out for all that grows.
    The first round that leaves nothing shows that nothing leaks.

    :returns: what has grown, and by how much
    """
    for _each in range(cycles // 10):
        cycle()
    before = counts()
    for _round in range(10):
        for _each in range(cycles):
            cycle()
        after = counts()
        grown = dict((name, after[name] - before[name]) for name in before
                     if before[name] is not None)
        tolerated = {'objects': cycles // 10, 'blocks': cycles // 2}
        grown = dict((name, number) for name, number in grown.items()
                     if number > tolerated.get(name, 0))
        if not grown:
            break
        before = after
    return grown


def test_a_live_session(driver):
    """The same session, and the same host, all the time."""
    def cycle():
        with driver.interceptor(factory_of_the_same, url=URL):
            driver.request('GET', URL)
    assert not growth(cycle)


def test_sessions_and_hosts_that_are_new(driver_class):
    """A host of its own, under a name that is made up, and a session for each cycle."""
    def cycle():
        driver = driver_class()
        with driver.interceptor(named_factory('app')) as url:
            driver.request('GET', url)
        driver.close()
    assert not growth(cycle)


def test_functions():
    """Pairs that come and go, and replace one another."""
    def cycle():
        add_wsgi_intercept('app.example', 80, named_factory('one'))
        add_wsgi_intercept('app.example', 80, named_factory('two'))
        add_wsgi_intercept('other.example', 80, named_factory('other'))
        remove_wsgi_intercept('app.example', 80)
        remove_wsgi_intercept()
    assert not growth(cycle)


def test_errors(driver):
    """Requests that fail, over and over."""
    def answer(app, environ, start_response):
        raise ZeroDivisionError
    factory = App(answer, valid=False)

    def cycle():
        del factory.environs[:]
        with driver.interceptor(factory.make, url=URL):
            try:
                driver.request('GET', URL)
            except Exception:
                if six.PY2:
                    sys.exc_clear()
            else:
                assert False
    assert not growth(cycle, CYCLES // 2)


def test_large_requests(driver):
    """Their bodies are in temporary files, which are closed and gone."""
    factory = App()
    body = b'x' * (1 << 21)

    def cycle():
        del factory.environs[:], factory.bodies[:]
        driver.request('POST', URL, body)
    with driver.interceptor(factory.make, url=URL):
        before = descriptors()
        for _each in range(10):
            cycle()
        del factory.environs[:], factory.bodies[:]
        collect()
        assert descriptors() == before


def test_who_is_let_go_of(driver):
    """Application and factory live as long as something of the user's holds them."""
    app = App()
    gone = weakref.ref(app)
    each = driver.interceptor(app.make, url=URL)
    with each:
        driver.request('GET', URL)
    del each, app
    collect()
    assert gone() is None


def test_replaced_and_removed_applications_are_let_go_of():
    one, two = App(), App()
    gone = weakref.ref(one), weakref.ref(two)
    add_wsgi_intercept('app.example', 80, one.make)
    del one
    add_wsgi_intercept('app.example', 80, two.make)
    del two
    collect()
    assert gone[0]() is None
    assert gone[1]() is not None
    remove_wsgi_intercept()
    collect()
    assert gone[1]() is None


def test_a_connection_is_let_go_of_without_the_collector():
    """Nothing of ours refers in a circle to what the client has closed."""
    app = App(valid=False)
    connection = WSGI_HTTPConnection('app.example')
    add_wsgi_intercept('app.example', 80, app.make)
    collect()
    gc.disable()
    try:
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'hello'
        connection.close()
        gone = weakref.ref(connection)
        del connection, app.environs[:]
        if hasattr(sys, 'getrefcount'):
            assert gone() is None
    finally:
        gc.enable()
        remove_wsgi_intercept()
    collect()
    assert gone() is None


# What users forget to close

class Chunks(object):
    """An iterable that notes its end."""

    def __init__(self):
        self.closed = 0

    def __iter__(self):
        while True:
            yield b'abc'

    def close(self):
        self.closed += 1


@pytest.fixture
def chunks():
    return Chunks()


@pytest.fixture
def factory(chunks):
    def answer(environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return chunks
    return lambda: answer


@pytest.fixture
def no_warning():
    """Nothing warns, not even in finalizers, where errors are not seen."""
    collect()       # of earlier tests
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        yield
        collect()
    assert [str(each.message) for each in caught] == []


@pytest.mark.parametrize('driver_class', STREAMING, ids=lambda driver: driver.name)
@pytest.mark.parametrize('size', [0, 3, 10])
def test_an_abandoned_response(no_warning, driver_class, factory, chunks, size):
    """Garbage collection closes the application's iterable, once."""
    driver = driver_class()
    with driver.interceptor(factory, url=URL):
        response = driver.stream(URL)
        assert response.read(size) == (b'abc' * 4)[:size]
        assert not chunks.closed
        del response
        driver.close()
        del driver
        collect()
        assert chunks.closed == 1


@pytest.mark.parametrize('driver_class', STREAMING, ids=lambda driver: driver.name)
def test_a_response_that_outlives_the_interception(no_warning, driver_class, factory,
                                                   chunks):
    driver = driver_class()
    with driver.interceptor(factory, url=URL):
        response = driver.stream(URL)
    assert response.read(3) == b'abc'
    driver.close()
    del response, driver
    collect()
    assert chunks.closed == 1


def test_an_abandoned_fake_socket(no_warning, factory, chunks):
    fake = wsgi_fake_socket(factory(), 'app.example', 80, '')
    fake.sendall(b'GET / HTTP/1.1\r\nHost: app.example\r\n\r\n')
    response = fake.makefile('rb')
    assert response.readline() == b'HTTP/1.1 200 OK\r\n'
    del fake
    collect()
    assert not chunks.closed
    del response
    collect()
    assert chunks.closed == 1


def test_an_abandoned_request(no_warning):
    """A large one that was never answered has a temporary file, which is closed."""
    before = descriptors()
    connection = WSGI_HTTPConnection('app.example')
    add_wsgi_intercept('app.example', 80, App().make)
    try:
        connection.putrequest('POST', '/')
        connection.putheader('Content-Length', str(1 << 22))
        connection.endheaders()
        connection.send(b'x' * (1 << 21))
        del connection
        collect()
        assert descriptors() == before
    finally:
        remove_wsgi_intercept()


def test_abandoned_sessions(no_warning, driver_class):
    """A session that nobody closes, with an idle connection to an application."""
    with driver_class.interceptor(named_factory('app'), url=URL):
        for _each in range(3):
            driver_class().request('GET', URL)
            collect()


def test_a_real_connection_beside_the_application(no_warning, driver_class, server):
    """Where a session goes over to the application, the idle socket is closed."""
    if driver_class.name == 'urllib':
        pytest.skip('urllib.request keeps no connections')
    driver = driver_class()
    before = descriptors()
    assert driver.request('GET', server.url).body == b'real'
    with driver.interceptor(named_factory('app'), url=server.url):
        assert driver.request('GET', server.url).body == b'app'
        collect()
        server.stop()
        assert descriptors() <= before
    driver.close()


def test_http_client_says_no_more_than_without_us(no_warning):
    """A response that was read to its end needs no close()."""
    connection = http_client.HTTPConnection('app.example')
    with DRIVERS[0].interceptor(named_factory('app'), url=URL):
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'app'
    del connection
