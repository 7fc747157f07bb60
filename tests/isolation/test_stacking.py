"""Registrations of one host and port stack, and are taken away in any order."""

import itertools

import hypothesis
import pytest
from hypothesis import strategies

import wsgi_intercept
from wsgi_intercept import add_wsgi_intercept, interceptor, remove_wsgi_intercept

from ..apps import App, named_factory
from ..drivers import DRIVERS

ORDERS = list(itertools.permutations(range(3)))
NAMES = ['one', 'two', 'three']


@pytest.fixture
def inside():
    """A list for interceptors: what a failing test leaves is nothing to the next."""
    interceptors = []
    yield interceptors
    for each in interceptors:
        each.uninstall_intercept()


@pytest.fixture
def cleared():
    """Removes what a failing test leaves registered."""
    yield
    remove_wsgi_intercept()


def get(driver, url):
    return driver.request('GET', url).body.decode('ascii')


@pytest.mark.parametrize('depth', [2, 3])
def test_nested(driver, server, inside, depth):
    inside += [driver.interceptor(named_factory(name), url=server.url)
               for name in NAMES[:depth]]
    for name, each in zip(NAMES, inside):
        assert each.__enter__() == server.url
        assert get(driver, server.url) == name
    for name, each in reversed(list(zip(NAMES, inside))):
        assert get(driver, server.url) == name
        each.__exit__(None, None, None)
    assert get(driver, server.url) == 'real'


@pytest.mark.parametrize('order', ORDERS, ids=str)
def test_every_order_of_exits(driver, server, inside, order):
    inside += [driver.interceptor(named_factory(name), url=server.url)
               for name in NAMES]
    for each in inside:
        each.install_intercept()
    left = list(NAMES)
    for index in order:
        assert get(driver, server.url) == left[-1]
        inside[index].uninstall_intercept()
        left.remove(NAMES[index])
    assert get(driver, server.url) == 'real'


@pytest.mark.parametrize('order', ORDERS, ids=str)
def test_every_order_of_exits_of_several_clients(server, inside, order):
    """The innermost answers for each client that is still intercepted."""
    classes = [DRIVERS[0], DRIVERS[2], DRIVERS[4]]      # no two of which share a patch
    drivers = [cls() for cls in classes]
    inside += [cls.interceptor(named_factory(name), url=server.url)
               for cls, name in zip(classes, NAMES)]
    for each in inside:
        each.__enter__()
    left = list(NAMES)
    for index in order:
        for name, driver in zip(NAMES, drivers):
            assert get(driver, server.url) == (left[-1] if name in left else 'real')
        inside[index].__exit__(None, None, None)
        left.remove(NAMES[index])
    for driver in drivers:
        assert get(driver, server.url) == 'real'
        driver.close()


@pytest.mark.parametrize('classes', list(itertools.permutations(DRIVERS, 2)),
                         ids=lambda pair: '-'.join(each.name for each in pair))
def test_two_clients_for_two_hosts(serve, inside, classes):
    """Each leaves alone what is the other's, whichever is left first."""
    one, two = serve('real one'), serve('real two')
    drivers = [cls() for cls in classes]
    first = classes[0].interceptor(named_factory('one'), url=one.url)
    second = classes[1].interceptor(named_factory('two'), url=two.url)
    inside += [first, second]
    first.__enter__()
    second.__enter__()
    assert get(drivers[0], one.url) == 'one'
    assert get(drivers[1], two.url) == 'two'
    first.__exit__(None, None, None)
    assert get(drivers[1], two.url) == 'two'
    assert get(drivers[0], one.url) == 'real one'
    second.__exit__(None, None, None)
    assert get(drivers[1], two.url) == 'real two'
    for driver in drivers:
        driver.close()


def test_one_interceptor_entered_twice(driver, server):
    """The same object nests in itself."""
    with driver.interceptor(named_factory('outer'), url=server.url):
        each = driver.interceptor(named_factory('app'), url=server.url)
        with each:
            with each:
                assert get(driver, server.url) == 'app'
            assert get(driver, server.url) == 'app'
        assert get(driver, server.url) == 'outer'
    assert get(driver, server.url) == 'real'


def test_one_interceptor_entered_again(driver, server):
    each = driver.interceptor(named_factory('app'), url=server.url)
    for _each in range(3):
        with each:
            assert get(driver, server.url) == 'app'
        assert get(driver, server.url) == 'real'


def test_an_exit_too_many(driver, server):
    """It is no error, and takes nobody's registration."""
    each = driver.interceptor(named_factory('app'), url=server.url)
    each.uninstall_intercept()
    with driver.interceptor(named_factory('other'), url=server.url):
        with each:
            pass
        each.uninstall_intercept()
        each.uninstall_module()
        assert get(driver, server.url) == 'other'


def test_the_same_factory_twice(driver, server):
    """Registrations are told apart by who made them, not by what they are."""
    app = App()
    first, second, third = [driver.interceptor(app.make, url=server.url)
                            for _each in range(3)]
    for each in first, second, third:
        each.__enter__()
    for each in second, first:
        each.__exit__(None, None, None)
        assert get(driver, server.url) == 'hello'
    third.__exit__(None, None, None)
    assert get(driver, server.url) == 'real'


def test_a_prefix_comes_and_goes_with_its_registration(driver):
    outer, inner = App(), App()
    with driver.interceptor(outer.make, url='http://app.example/a'):
        with driver.interceptor(inner.make, url='http://app.example/b'):
            get(driver, 'http://app.example/a/b')
            get(driver, 'http://app.example/b/a')
        get(driver, 'http://app.example/a/b')
    told = [(environ['SCRIPT_NAME'], environ['PATH_INFO'])
            for environ in inner.environs + outer.environs]
    assert told == [('', '/a/b'), ('/b', '/a'), ('/a', '/b')]


@pytest.mark.parametrize('outer, inner', list(itertools.product(
    ['app.example', 'APP.example', 'App.Example'], repeat=2)))
def test_names_in_any_case_are_one_host(outer, inner):
    driver = DRIVERS[0]()
    with driver.interceptor(named_factory('outer'), outer, 80):
        with driver.interceptor(named_factory('inner'), inner, '80'):
            assert len(wsgi_intercept._wsgi_intercept) == 1
            assert get(driver, 'http://app.EXAMPLE') == 'inner'
        assert get(driver, 'http://app.EXAMPLE') == 'outer'
    driver.close()


# Interceptors and functions

def test_a_function_over_an_interceptor(cleared, driver, server):
    with driver.interceptor(named_factory('one'), url=server.url):
        add_wsgi_intercept('127.0.0.1', server.port, named_factory('two'))
        assert get(driver, server.url) == 'two'
        add_wsgi_intercept('127.0.0.1', server.port, named_factory('three'))
        assert get(driver, server.url) == 'three'
    # It is not the interceptor's to take away.
    assert ('127.0.0.1', server.port) in wsgi_intercept._wsgi_intercept
    assert get(driver, server.url) == 'real'        # as the client is not patched
    assert remove_wsgi_intercept('127.0.0.1', server.port) == 0


def test_an_interceptor_over_a_function(cleared, driver, installed, server):
    add_wsgi_intercept('127.0.0.1', server.port, named_factory('one'))
    with driver.interceptor(named_factory('two'), url=server.url):
        assert get(driver, server.url) == 'two'
    assert get(driver, server.url) == 'one'
    assert remove_wsgi_intercept('127.0.0.1', server.port) == 0
    assert get(driver, server.url) == 'real'


def test_a_function_between_interceptors(cleared, driver, installed, server):
    with driver.interceptor(named_factory('one'), url=server.url):
        add_wsgi_intercept('127.0.0.1', server.port, named_factory('two'))
        with driver.interceptor(named_factory('three'), url=server.url):
            assert get(driver, server.url) == 'three'
        assert get(driver, server.url) == 'two'
    assert get(driver, server.url) == 'two'
    remove_wsgi_intercept('127.0.0.1', server.port)


@pytest.mark.parametrize('arguments', [True, False], ids=['pair', 'all'])
def test_removal_inside_of_interceptors(cleared, driver, server, arguments):
    """A pair is removed with all that it stood over; exits find it gone."""
    with driver.interceptor(named_factory('one'), url=server.url):
        with driver.interceptor(named_factory('two'), url=server.url):
            if arguments:
                assert remove_wsgi_intercept('127.0.0.1', server.port) == 0
            else:
                assert remove_wsgi_intercept() == 0
            assert get(driver, server.url) == 'real'
            with driver.interceptor(named_factory('three'), url=server.url):
                assert get(driver, server.url) == 'three'
            assert get(driver, server.url) == 'real'
        assert get(driver, server.url) == 'real'


def test_a_registration_anew_is_not_taken_by_those_before(
        cleared, driver, installed, server):
    """What is registered after a removal survives the exits of what was removed."""
    with driver.interceptor(named_factory('one'), url=server.url):
        with driver.interceptor(named_factory('two'), url=server.url):
            remove_wsgi_intercept()
            add_wsgi_intercept('127.0.0.1', server.port, named_factory('three'))
        assert get(driver, server.url) == 'three'
    assert get(driver, server.url) == 'three'
    remove_wsgi_intercept()


def test_removal_of_another_pair(driver, serve):
    one, two = serve('real one'), serve('real two')
    with driver.interceptor(named_factory('one'), url=one.url):
        with driver.interceptor(named_factory('two'), url=two.url):
            assert remove_wsgi_intercept('127.0.0.1', two.port) == 1
            assert remove_wsgi_intercept('unknown.example', 80) == 1
            assert get(driver, one.url) == 'one'
            assert get(driver, two.url) == 'real two'


# Any number of them

@strategies.composite
def histories(draw):
    """Steps: ``('enter', client)``, ``('add', None)``, ``('exit', which)``.

    All that was entered is left in the end.
    """
    steps = []
    count = draw(strategies.integers(1, 7))
    inside = []
    entered = 0
    while entered < count or inside:
        choices = ['exit'] * bool(inside) + ['enter', 'add'] * (entered < count)
        kind = draw(strategies.sampled_from(choices))
        if kind == 'enter':
            steps.append((kind, draw(strategies.integers(0, len(DRIVERS) - 1))))
            inside.append(entered)
            entered += 1
        elif kind == 'exit':
            which = draw(strategies.sampled_from(inside))
            inside.remove(which)
            steps.append((kind, which))
        else:
            steps.append((kind, None))
            entered += 1
    return steps


class Layers(object):
    """What the registrations of one pair should be, in order."""

    def __init__(self):
        self.names = []

    def put(self, name):
        self.names.append(name)

    def add(self, name):
        """``add_wsgi_intercept`` replaces its own earlier registration."""
        self.names = [each for each in self.names if not each.startswith('f')]
        self.names.append(name)

    def take(self, name):
        self.names.remove(name)

    @property
    def answer(self):
        return self.names[-1] if self.names else None


@hypothesis.settings(max_examples=60, deadline=None, database=None)
@hypothesis.given(histories())
def test_any_order(steps):
    """Whatever the clients, and whatever order they leave in, the latest answers."""
    url = 'http://app.example'
    driver = DRIVERS[0]()
    layers = Layers()
    inside = {}
    with interceptor.HttpClientInterceptor(named_factory('base'), 'base.example'):
        for number, (kind, which) in enumerate(steps):
            if kind == 'enter':
                name = 'i%d' % number
                each = DRIVERS[which].interceptor(named_factory(name), url=url)
                each.__enter__()
                inside[len(inside)] = name, each
                layers.put(name)
            elif kind == 'add':
                name = 'f%d' % number
                add_wsgi_intercept('app.example', 80, named_factory(name))
                inside[len(inside)] = name, None
                layers.add(name)
            else:
                name, each = inside[which]
                each.__exit__(None, None, None)
                layers.take(name)
            registered = ('app.example', 80) in wsgi_intercept._wsgi_intercept
            assert registered == bool(layers.answer)
            if layers.answer:
                assert get(driver, url) == layers.answer
        remove_wsgi_intercept('app.example', 80)
    driver.close()
