"""Whatever happens, in the end everything is the very object that it was before.

That nothing is left after a test is asserted by a fixture for all tests; what is here
asserts it in the middle, too.
"""

import contextlib
import copy
import importlib
import inspect
import itertools
import os
import sys
import threading
import types

import hypothesis
import pytest
import six
import urllib3
from hypothesis import strategies
from hypothesis.stateful import (
    Bundle, RuleBasedStateMachine, consumes, precondition, rule,
    run_state_machine_as_test)
from six.moves import http_client
from six.moves.urllib.request import HTTPHandler, build_opener, install_opener, urlopen

import wsgi_intercept
from wsgi_intercept import (
    add_wsgi_intercept, block_network, interceptor, remove_wsgi_intercept)

from ..apps import App, named_factory
from ..conftest import differences, state
from ..drivers import DRIVERS
from .relations import interceptors_of
from .servers import TIMEOUT

URL = 'http://app.example'
PROXIED = [driver for driver in DRIVERS if driver.proxied]
PACKAGE = os.path.dirname(os.path.abspath(wsgi_intercept.__file__))
RESPONSE_INIT = six.get_function_code(
    six.get_unbound_function(http_client.HTTPResponse.__init__))
urllib_request = sys.modules[HTTPHandler.__module__]


def module_of(driver_class):
    return importlib.import_module(
        'wsgi_intercept.' + driver_class.interceptor.MODULE_NAME)


@pytest.fixture
def module(driver_class):
    return module_of(driver_class)


def patched(before):
    """What is patched in comparison to a state before."""
    return differences(before[:1], state()[:1])


@contextlib.contextmanager
def unchanged():
    """What is in the block leaves everything as it was, also when it raises."""
    before = state()
    try:
        yield
    finally:
        assert not differences(before, state())


# Install and uninstall

@pytest.mark.parametrize('times', [1, 2, 3])
def test_one_uninstall_undoes_any_number_of_installs(module, times):
    before = state()
    for _each in range(times):
        module.install()
        assert patched(before)
    module.uninstall()
    assert not differences(before, state())


def test_uninstall_without_install(module):
    with unchanged():
        module.uninstall()
        module.install()
        module.uninstall()
        module.uninstall()


@pytest.mark.parametrize('steps', list(itertools.permutations(
    ['uninstall', 'first', 'second'])), ids='-'.join)
def test_the_last_to_let_go_restores(driver_class, module, steps):
    """An install() and two interceptors: it is patched until all have let go."""
    before = state()
    first = driver_class.interceptor(named_factory('first'), 'first.example')
    second = driver_class.interceptor(named_factory('second'), 'second.example')
    module.install()
    installed = state()
    assert patched(before)
    first.__enter__()
    second.__enter__()
    undo = {'uninstall': module.uninstall,
            'first': lambda: first.__exit__(None, None, None),
            'second': lambda: second.__exit__(None, None, None)}
    for step in steps:
        assert not patched(installed)
        undo[step]()
    assert not differences(before, state())


def test_uninstall_does_not_take_what_an_interceptor_needs(driver, module, server):
    with driver.interceptor(named_factory('app'), url=server.url):
        module.uninstall()
        assert driver.request('GET', server.url).body == b'app'
        module.install()
        module.uninstall()
        assert driver.request('GET', server.url).body == b'app'


def test_uninstall_module(driver, server):
    """The client is let go of, the registration stays until the exit."""
    before = state()
    each = driver.interceptor(named_factory('app'), url=server.url)
    each.install_intercept()
    each.uninstall_module()
    assert not patched(before)
    assert ('127.0.0.1', server.port) in wsgi_intercept._wsgi_intercept
    assert driver.request('GET', server.url).body == b'real'
    each.uninstall_intercept()
    assert not differences(before, state())


@pytest.mark.parametrize('order', list(itertools.permutations(range(3))), ids=str)
def test_interceptors_of_different_clients(order):
    with unchanged():
        inside = [driver.interceptor(named_factory('app')) for driver in DRIVERS[2:]]
        for each in inside:
            each.__enter__()
        for index in order:
            inside[index].__exit__(None, None, None)


def test_the_base_class_patches_nothing():
    before = state()
    with interceptor.Interceptor(named_factory('app'), 'app.example'):
        assert ('app.example', 80) in wsgi_intercept._wsgi_intercept
        assert not patched(before)


# Errors on the way in

@pytest.fixture(params=['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'])
def proxy(request, monkeypatch):
    monkeypatch.setenv(request.param, 'http://127.0.0.1:1')


@pytest.mark.parametrize('driver_class', PROXIED, indirect=True,
                         ids=lambda driver: driver.name)
def test_a_proxy_in_the_environment(driver_class, module, proxy):
    message = 'http_proxy or https_proxy set in environment, please unset'
    with unchanged():
        with pytest.raises(RuntimeError) as caught:
            module.install()
        assert str(caught.value) == message
    with unchanged():
        with pytest.raises(RuntimeError) as caught:
            driver_class.interceptor(named_factory('app'), url=URL).__enter__()
        assert str(caught.value) == message


@pytest.mark.parametrize('driver_class', PROXIED, indirect=True,
                         ids=lambda driver: driver.name)
def test_a_proxy_that_is_set_meanwhile(driver, driver_class, server, monkeypatch):
    """The inner interceptor is refused, the outer one works, and is undone."""
    with driver.interceptor(named_factory('outer'), url=server.url):
        monkeypatch.setenv('http_proxy', 'http://127.0.0.1:1')
        with unchanged():
            with pytest.raises(RuntimeError):
                driver.interceptor(named_factory('inner'), url=server.url).__enter__()
        if driver.name == 'urllib':     # whose opener knows no proxy, as made above
            assert driver.request('GET', server.url).body == b'outer'
        monkeypatch.delenv('http_proxy')
        assert driver.request('GET', server.url).body == b'outer'


@pytest.mark.parametrize('driver_class', [
    driver for driver in DRIVERS if not driver.proxied], indirect=True,
    ids=lambda driver: driver.name)
def test_a_proxy_that_does_not_matter(driver, proxy):
    with driver.interceptor(named_factory('app'), url=URL):
        assert driver.request('GET', URL).body == b'app'


@pytest.mark.parametrize('name', ['httplib2', 'requests', 'urllib3'])
def test_a_client_that_is_not_installed(name, monkeypatch):
    ours = 'wsgi_intercept.%s_intercept' % name
    cls = dict((driver.name, driver.interceptor) for driver in DRIVERS)[name]
    with unchanged():
        with monkeypatch.context() as patching:
            for module in list(sys.modules):
                if module == ours or module.split('.')[0] == name:
                    patching.delitem(sys.modules, module)
            patching.setitem(sys.modules, name, None)
            with pytest.raises(ImportError) as caught:
                cls(named_factory('app'), url=URL).__enter__()
            assert name in str(caught.value)


@pytest.mark.parametrize('make', [
    lambda cls: cls(None),
    lambda cls: cls(5, 'app.example'),
    lambda cls: cls(lambda environ, start_response: [], 'app.example'),
    lambda cls: cls(named_factory('app'), 'http://app.example'),
    lambda cls: cls(named_factory('app'), 'app.example', 'eighty'),
    lambda cls: cls(named_factory('app'), 'app.example', 70000),
    lambda cls: cls(named_factory('app'), 5),
    lambda cls: cls(named_factory('app'), url='app.example'),
    lambda cls: cls(named_factory('app'), url='http://'),
    lambda cls: cls(named_factory('app'), url='http://app.example:eighty'),
    lambda cls: cls(named_factory('app'), url=5),
])
def test_bad_arguments(driver_class, make):
    with unchanged():
        with pytest.raises((TypeError, ValueError)):
            make(driver_class.interceptor).__enter__()


@pytest.mark.parametrize('attribute, value', [
    ('app', None), ('host', None), ('host', ''), ('port', 'eighty'), ('port', -1)])
def test_arguments_that_went_bad(driver_class, attribute, value):
    """Attributes that were set between the making and the entry."""
    each = driver_class.interceptor(named_factory('app'), url=URL)
    setattr(each, attribute, value)
    with unchanged():
        with pytest.raises((TypeError, ValueError)):
            each.__enter__()


@pytest.mark.parametrize('arguments', [
    ('app.example', 80, None), ('app.example', 'eighty', named_factory('app')),
    ('', 80, named_factory('app')), (None, 80, named_factory('app'))])
def test_bad_arguments_of_functions(arguments):
    with unchanged():
        with pytest.raises((TypeError, ValueError)):
            add_wsgi_intercept(*arguments)


# Errors in the body

@pytest.mark.parametrize('error', [
    ZeroDivisionError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_error_in_the_body(driver_class, error):
    with unchanged():
        with pytest.raises(error):
            with driver_class.interceptor(named_factory('outer'), url=URL):
                with driver_class.interceptor(named_factory('inner'), url=URL):
                    raise error('in the body')


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_an_error_out_of_the_application(driver, error):
    def answer(app, environ, start_response):
        raise error('of the application')
    expected = wsgi_intercept.WSGIAppError if error is ZeroDivisionError else error
    with unchanged():
        with pytest.raises(expected):
            with driver.interceptor(App(answer, valid=False).make, url=URL):
                driver.request('GET', URL)


def test_a_generator_that_is_thrown_away(driver_class):
    """As fixtures are made of generators, which may be closed in the middle."""
    def fixture():
        with driver_class.interceptor(named_factory('app'), url=URL) as url:
            yield url
    with unchanged():
        generator = fixture()
        assert next(generator) == URL
        generator.close()


# KeyboardInterrupt at any point

LOCKING = ('__enter__', '__exit__', 'acquire', 'release')


class Interrupting(object):
    """Calls a function, and interrupts it at one of the points where that can be.

    The interpreter looks for signals where a function begins, and after calls of
    functions in C: there, in frames that are `watched`, KeyboardInterrupt is raised
    once.  The first `skipped` points are not counted, nor are frames of generators,
    which begin again where they are thrown away, when nothing can be raised, nor
    ``with lock``, which is one step for signals, but not for a profiler on PyPy.
    """

    def __init__(self, watched, skipped=0):
        self._watched = watched
        self._skipped = skipped

    def call(self, number, function, *args):
        """Call it, interrupted at the point `number`.

        :returns: whether there was such a point
        """
        left = [number + self._skipped]

        def profile(frame, event, arg):
            if (event in ('call', 'c_return') and self._watched(frame)
                    and not frame.f_code.co_flags & inspect.CO_GENERATOR
                    and getattr(arg, '__name__', '') not in LOCKING):
                left[0] -= 1
                if left[0] == 0:
                    sys.setprofile(None)
                    raise KeyboardInterrupt
        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            function(*args)
        except KeyboardInterrupt:
            assert left[0] == 0
        finally:
            sys.setprofile(before)
        return left[0] <= 0

    def points(self, call, step=1):
        """The numbers 1, 2, ... of points, as long as ``call(number)`` finds them."""
        for number in itertools.count(1, step):
            if not call(number):
                assert number > 1
                return


def intercept_all():
    for driver in DRIVERS:
        with driver.interceptor(named_factory('app')):
            pass


@pytest.fixture
def healed():
    """Asserts that no lock is left to others, nor to the next test what is patched.
    """
    holds = [module_of(driver).patch for driver in DRIVERS]
    before = state()
    inner = [dict((name, copy.copy(value)) for name, value in vars(hold).items()
                  if isinstance(value, (bool, list, set))) for hold in holds]
    yield
    thread = threading.Thread(target=intercept_all)
    thread.daemon = True
    thread.start()
    thread.join(TIMEOUT)
    assert not thread.is_alive(), 'a lock is left locked'
    if differences(before, state()):
        for owner, names in before[0]:
            for name in set(vars(owner)) - set(names):
                delattr(owner, name)
            for name, value in names.items():
                if vars(owner).get(name) is not value:
                    setattr(owner, name, value)
        for hold, attributes in zip(holds, inner):
            vars(hold).update(attributes)
        remove_wsgi_intercept()


def ours(frame):
    return frame.f_code.co_filename.startswith(PACKAGE + os.sep)


def anywhere(frame):
    """But in tests, and where Python's own locks would stay locked.

    Nor where a response is half made, which Python cannot finalize in silence then.
    """
    path = frame.f_code.co_filename
    if (path.startswith(os.path.dirname(os.path.abspath(__file__)))
            or os.path.basename(path).lower() in ('threading.py', 'queue.py')
            or 'importlib' in path):
        return False
    while frame is not None:
        if frame.f_code is RESPONSE_INIT:
            return False
        frame = frame.f_back
    return True


@pytest.mark.parametrize('outer', [False, True], ids=['first', 'nested'])
def test_interrupted_on_the_way_in(healed, driver_class, outer):
    """Nothing is registered, and nothing patched, that was not before."""
    interrupting = Interrupting(ours)
    cls = driver_class.interceptor

    def attempt(number):
        each = cls(named_factory('app'), url=URL)
        with unchanged():
            found = interrupting.call(number, each.__enter__)
            if not found:
                each.__exit__(None, None, None)
        return found
    if outer:
        with cls(named_factory('outer'), url=URL):
            interrupting.points(attempt)
    else:
        interrupting.points(attempt)


@pytest.mark.parametrize('outer', [False, True], ids=['last', 'nested'])
def test_interrupted_on_the_way_out(healed, driver_class, outer):
    """Everything is restored, all the same.

    Where ``__exit__``, and the method that it calls, have not begun yet, there is
    nothing that they could do.
    """
    interrupting = Interrupting(ours, skipped=2)
    cls = driver_class.interceptor

    def attempt(number):
        with unchanged():
            each = cls(named_factory('app'), url=URL)
            each.__enter__()
            return interrupting.call(number, each.__exit__, None, None, None)
    if outer:
        with cls(named_factory('outer'), url=URL):
            interrupting.points(attempt)
    else:
        interrupting.points(attempt)


def all_clients():
    return interceptor.AllClientsInterceptor(named_factory('app'), url=URL)


of_all_clients = pytest.mark.parametrize('make', [all_clients, block_network],
                                         ids=['interceptor', 'block'])
nested = pytest.mark.parametrize('outer', [False, True], ids=['alone', 'nested'])


@contextlib.contextmanager
def inside(make, outer):
    """Something else is entered around, if `outer`."""
    if not outer:
        yield
    else:
        with make():
            yield


@of_all_clients
@nested
def test_all_clients_interrupted_on_the_way_in(healed, make, outer):
    interrupting = Interrupting(ours)

    def attempt(number):
        each = make()
        with unchanged():
            found = interrupting.call(number, each.__enter__)
            if not found:
                each.__exit__(None, None, None)
        return found
    with inside(make, outer):
        interrupting.points(attempt)


@of_all_clients
@nested
def test_all_clients_interrupted_on_the_way_out(healed, make, outer):
    interrupting = Interrupting(ours, skipped=2)

    def attempt(number):
        with unchanged():
            each = make()
            each.__enter__()
            return interrupting.call(number, each.__exit__, None, None, None)
    with inside(make, outer):
        interrupting.points(attempt)


def test_interrupted_while_installing(healed, module):
    """Either it is installed, or nothing has happened; uninstall() undoes both."""
    interrupting = Interrupting(ours)

    def attempt(number):
        with unchanged():
            try:
                return interrupting.call(number, module.install)
            finally:
                module.uninstall()
    interrupting.points(attempt)


def test_interrupted_while_uninstalling(healed, module):
    """A second uninstall() completes what the first one left undone."""
    interrupting = Interrupting(ours)

    def attempt(number):
        with unchanged():
            module.install()
            found = interrupting.call(number, module.uninstall)
            module.uninstall()
            return found
    interrupting.points(attempt)


def test_interrupted_in_a_request(healed, driver_class):
    """In whosever code it happens."""
    interrupting = Interrupting(anywhere)
    app = App(valid=False)      # validate complains of what nobody could close

    def attempt(number):
        driver = driver_class()
        with unchanged():
            with driver.interceptor(app.make, url=URL):
                found = interrupting.call(number, driver.request, 'GET', URL)
        driver.close()
        return found
    interrupting.points(attempt, 29)
    driver = driver_class()
    with driver.interceptor(named_factory('app'), url=URL):
        assert driver.request('GET', URL).body == b'app'
    driver.close()


# Patches of other people

def ask(url):
    connection = http_client.HTTPConnection(url.split('/')[2])
    try:
        connection.request('GET', '/')
        return connection.getresponse().read()
    finally:
        connection.close()


def patching(calls):
    """A patch as others make it: it calls what was there before."""
    before = six.get_unbound_function(http_client.HTTPConnection.connect)

    def connect(self):
        calls.append(self.host)
        return before(self)
    http_client.HTTPConnection.connect = connect
    return before, connect


def test_a_patch_that_was_there_before(server):
    calls = []
    before, theirs = patching(calls)
    try:
        with interceptor.HttpClientInterceptor(named_factory('app'), url=URL):
            assert ask(URL) == b'app'
            assert not calls
            assert ask(server.url) == b'real'
            assert calls == ['127.0.0.1']
        assert vars(http_client.HTTPConnection)['connect'] is theirs
        assert ask(server.url) == b'real'
        assert len(calls) == 2
    finally:
        http_client.HTTPConnection.connect = before


def test_a_patch_that_was_put_on_after(server):
    """It is left in place, and goes to the network by way of what was ours."""
    calls = []
    original = six.get_unbound_function(http_client.HTTPConnection.connect)
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        _ours, theirs = patching(calls)
    try:
        assert vars(http_client.HTTPConnection)['connect'] is theirs
        assert ask(server.url) == b'real'
        assert calls == ['127.0.0.1']
        with interceptor.HttpClientInterceptor(named_factory('again'), url=server.url):
            assert ask(server.url) == b'again'
        assert vars(http_client.HTTPConnection)['connect'] is theirs
        assert ask(server.url) == b'real'
    finally:
        http_client.HTTPConnection.connect = original


def test_a_patch_around_ours(server):
    """What calls ours is intercepted like everything that calls it."""
    calls = []
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        ours, _theirs = patching(calls)
        try:
            assert ask(server.url) == b'app'
        finally:
            http_client.HTTPConnection.connect = ours
    assert calls == ['127.0.0.1']
    assert ask(server.url) == b'real'


def test_a_patch_that_is_taken_off_late(server):
    """Theirs puts back ours when that is over; it goes when we come and go again."""
    original = six.get_unbound_function(http_client.HTTPConnection.connect)
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        ours, _theirs = patching([])
    http_client.HTTPConnection.connect = ours
    try:
        assert ask(server.url) == b'real'
        for name in ('one', 'two'):
            with interceptor.HttpClientInterceptor(
                    named_factory(name), url=server.url):
                assert ask(server.url) == name.encode('ascii')
            assert vars(http_client.HTTPConnection)['connect'] is original
        assert ask(server.url) == b'real'
    finally:
        http_client.HTTPConnection.connect = original


def depth(function):
    """How many functions are called by way of their closures, each by the one above."""
    below = [cell.cell_contents for cell in function.__closure__ or ()]
    return 1 + max([0] + [depth(each) for each in below
                          if isinstance(each, types.FunctionType)])


def test_patches_that_are_taken_off_late_again_and_again(server):
    """As where tearDown() leaves, and a cleanup, which comes later, undoes a patch."""
    original = six.get_unbound_function(http_client.HTTPConnection.connect)
    depths = []
    try:
        for _each in range(5):
            with interceptor.HttpClientInterceptor(
                    named_factory('app'), url=server.url):
                ours, theirs = patching([])
                depths.append(depth(theirs))
                assert ask(server.url) == b'app'
            http_client.HTTPConnection.connect = ours
        assert len(set(depths)) == 1
        assert ask(server.url) == b'real'
    finally:
        http_client.HTTPConnection.connect = original


def test_a_patch_around_ours_that_has_all_its_attributes(server):
    """What functools.wraps() makes is theirs, and is left in place."""
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        ours, theirs = patching([])
        http_client.HTTPConnection.connect = wrapper = six.wraps(ours)(theirs)
    try:
        with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
            assert ask(server.url) == b'app'
        assert vars(http_client.HTTPConnection)['connect'] is wrapper
    finally:
        http_client.HTTPConnection.connect = vars(
            http_client.HTTPConnection)['connect'].__wrapped__
    with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
        assert ask(server.url) == b'app'


@pytest.mark.parametrize('name, arguments', [('connect', ()),
                                             ('putrequest', ('GET', '/'))])
@pytest.mark.parametrize('owner, intercepting', [
    (http_client, interceptor.HttpClientInterceptor),
    (urllib3.connection, interceptor.Urllib3Interceptor)])
def test_what_is_no_method(owner, intercepting, name, arguments, monkeypatch):
    """A mock, which does not get the connection, lies below ours."""
    calls = []

    class Mock(object):
        def __call__(self, *args, **kwargs):
            calls.append(args)
    monkeypatch.setattr(owner.HTTPConnection, name, Mock())
    with intercepting(named_factory('app'), url=URL):
        getattr(owner.HTTPConnection('other.invalid'), name)(*arguments)
    assert calls == [arguments]


@pytest.mark.parametrize('when', ['before', 'after'])
def test_a_patch_of_a_method_that_was_inherited(when):
    """One of urllib3's classes gets a method of another library's."""
    cls = urllib3.connection.HTTPConnection
    name = 'putrequest'
    original = vars(cls).get(name)

    def theirs(self, *args, **kwargs):
        return http_client.HTTPConnection.putrequest(self, *args, **kwargs)
    each = interceptor.Urllib3Interceptor(named_factory('app'), url=URL)
    pool = urllib3.PoolManager()
    try:
        if when == 'before':
            setattr(cls, name, theirs)
        with each:
            if when == 'after':
                setattr(cls, name, theirs)
            assert pool.request('GET', URL).data == b'app'
        assert vars(cls)[name] is theirs
    finally:
        if original is None:
            delattr(cls, name)
        else:
            setattr(cls, name, original)


def test_an_opener_of_the_user():
    mine = build_opener()
    install_opener(mine)
    try:
        with unchanged():
            with interceptor.UrllibInterceptor(named_factory('one'), url=URL):
                with interceptor.UrllibInterceptor(named_factory('two'), url=URL):
                    urlopen(URL).close()
        assert urllib_request._opener is mine
    finally:
        install_opener(None)


@pytest.mark.parametrize('order', list(itertools.permutations(range(3))), ids=str)
def test_our_opener_among_others(order):
    """install_opener(), install() and an interceptor, undone in every order."""
    from wsgi_intercept import urllib_intercept
    mine = build_opener()
    install_opener(mine)
    each = interceptor.UrllibInterceptor(named_factory('app'), url=URL)
    undo = [urllib_intercept.uninstall_opener, urllib_intercept.uninstall,
            lambda: each.__exit__(None, None, None)]
    try:
        with unchanged():
            opener = urllib_intercept.install_opener()
            assert opener is not mine
            assert urllib_intercept.install_opener() is opener
            each.__enter__()
            urllib_intercept.install()
            for index in order:
                undo[index]()
        assert urllib_request._opener is mine
    finally:
        install_opener(None)


def test_a_session_that_outlives_its_interceptor(serve):
    """Its real connections are intercepted by what else intercepts its client."""
    server = serve('real')
    for driver_class in DRIVERS:
        driver = driver_class()
        with driver.interceptor(named_factory('other'), 'other.example'):
            assert driver.request('GET', server.url).body == b'real'
        with interceptor.HttpClientInterceptor(named_factory('app'), url=server.url):
            expected = b'app' if 'http_client' in interceptors_of(driver.name) else (
                b'real')
            assert driver.request('GET', server.url).body == expected
        assert driver.request('GET', server.url).body == b'real'
        driver.close()


# All clients, in any order of events, against a model

CLIENTS = strategies.sampled_from(range(len(DRIVERS)))
NAMES = [driver.name for driver in DRIVERS]
PAIRS = strategies.sampled_from([0, 1])


class Model(object):
    """What must answer which client, after what was done."""

    def __init__(self):
        self.installed = set()
        self.inside = {}        # identity -> [client, pair], if it holds the client
        self.layers = [[], []]  # for each pair the answers, the last one counts

    def patched(self, client):
        if client in self.installed:
            return True
        return any(held and name == client
                   for name, _pair, held in self.inside.values())

    def intercepted(self, client):
        return any(map(self.patched, interceptors_of(client)))

    def answer(self, client, pair):
        if self.layers[pair] and self.intercepted(client):
            return self.layers[pair][-1][1]
        return 'real %d' % pair


class Interceptions(RuleBasedStateMachine):
    """Does at random what can be done, and asks at random."""

    entered = Bundle('entered')

    def __init__(self, servers):
        super(Interceptions, self).__init__()
        self.servers = servers
        self.before = state()
        self.drivers = [driver() for driver in DRIVERS]
        self.model = Model()
        self.count = 0

    def name(self):
        self.count += 1
        return 'app %d' % self.count

    @rule(client=CLIENTS)
    def install(self, client):
        module_of(DRIVERS[client]).install()
        self.model.installed.add(NAMES[client])

    @rule(client=CLIENTS)
    def uninstall(self, client):
        module_of(DRIVERS[client]).uninstall()
        self.model.installed.discard(NAMES[client])

    @rule()
    def install_opener(self):
        module = module_of(DRIVERS[NAMES.index('urllib')])
        assert module.install_opener() is urllib_request._opener
        self.model.installed.add('urllib')

    @rule(target=entered, client=CLIENTS, pair=PAIRS)
    def enter(self, client, pair):
        name = self.name()
        each = DRIVERS[client].interceptor(
            named_factory(name), url=self.servers[pair].url)
        assert each.__enter__() == self.servers[pair].url
        self.model.inside[each] = [NAMES[client], pair, True]
        self.model.layers[pair].append((each, name))
        return each

    @rule(each=consumes(entered))
    def exit(self, each):
        each.__exit__(None, None, None)
        _name, pair, _held = self.model.inside.pop(each)
        layers = self.model.layers[pair]
        self.model.layers[pair] = [layer for layer in layers if layer[0] is not each]

    @rule(each=entered)
    def uninstall_module(self, each):
        each.uninstall_module()
        self.model.inside[each][2] = False

    @rule(pair=PAIRS)
    def add(self, pair):
        name = self.name()
        add_wsgi_intercept('127.0.0.1', self.servers[pair].port, named_factory(name))
        layers = self.model.layers[pair]
        self.model.layers[pair] = [
            layer for layer in layers if layer[0] is not None] + [(None, name)]

    @rule(pair=PAIRS)
    def remove(self, pair):
        left = remove_wsgi_intercept('127.0.0.1', self.servers[pair].port)
        self.model.layers[pair] = []
        assert left == sum(map(bool, self.model.layers))

    @precondition(lambda self: any(self.model.layers))
    @rule()
    def remove_all(self):
        assert remove_wsgi_intercept() == 0
        self.model.layers = [[], []]

    @rule(client=CLIENTS, pair=PAIRS)
    def ask(self, client, pair):
        body = self.drivers[client].request('GET', self.servers[pair].url).body
        assert body.decode('ascii') == self.model.answer(NAMES[client], pair)

    @rule(pair=PAIRS)
    def ask_all(self, pair):
        for client in range(len(DRIVERS)):
            self.ask(client, pair)

    @rule(pair=PAIRS)
    def urlopen(self, pair):
        with contextlib.closing(urlopen(self.servers[pair].url)) as response:
            body = response.read().decode('ascii')
        assert body == self.model.answer('urllib', pair)

    def teardown(self):
        try:
            for each in self.model.inside:
                each.__exit__(None, None, None)
            for driver in DRIVERS:
                module_of(driver).uninstall()
            remove_wsgi_intercept()
            opener = urllib_request._opener     # that urlopen() makes for itself
            if self.before[0][0][1]['_opener'] is None and opener is not None:
                install_opener(None)
            assert not differences(self.before, state())
            for pair, server in enumerate(self.servers):
                for driver in self.drivers:
                    body = driver.request('GET', server.url).body
                    assert body.decode('ascii') == 'real %d' % pair
        finally:
            for driver in self.drivers:
                driver.close()


def test_any_history(serve):
    servers = [serve('real 0'), serve('real 1')]
    run_state_machine_as_test(
        lambda: Interceptions(servers),
        settings=hypothesis.settings(max_examples=40, stateful_step_count=30,
                                     deadline=None, database=None))
