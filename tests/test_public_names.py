"""The public names, one by one: what users call, rebind, subclass and read."""

import ast
import importlib
import inspect
import io
import os
import subprocess
import sys

import httplib2
import pytest
import requests
import six
import urllib3
from six.moves import http_client
from six.moves.urllib.error import URLError
from six.moves.urllib.request import build_opener

import wsgi_intercept
from wsgi_intercept import (
    NetworkBlockedError, WSGI_HTTPConnection, WSGI_HTTPSConnection, WSGIAppError,
    add_wsgi_intercept, block_network, make_environ, remove_wsgi_intercept,
    wsgi_fake_socket)
from wsgi_intercept._connection import dial
from wsgi_intercept.http_client_intercept import install, uninstall

from .apps import App, named_factory

GET = b'GET /path HTTP/1.1\r\nHost: app.example\r\n\r\n'


@pytest.fixture
def installed():
    """http.client is intercepted, and all registrations are removed afterwards."""
    install()
    yield
    remove_wsgi_intercept()
    uninstall()


def get(host='app.example', port=80, target='/'):
    connection = http_client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request('GET', target)
        return connection.getresponse().read()
    finally:
        connection.close()


def arguments(function):
    """The names of the arguments of a function or class, and their defaults."""
    if inspect.isclass(function):
        function = function.__init__
    code = getattr(function, '__func__', function).__code__
    names = code.co_varnames[:code.co_argcount]
    defaults = getattr(function, '__func__', function).__defaults__ or ()
    if names[:1] == ('self',):
        names = names[1:]
    return list(names), dict(zip(names[len(names) - len(defaults):], defaults))


# The package.

@pytest.mark.parametrize('name', [
    'add_wsgi_intercept', 'remove_wsgi_intercept', 'WSGIAppError',
    'STRICT_RESPONSE_HEADERS', 'debuglevel', 'make_environ', 'wsgi_fake_socket',
    'WSGI_HTTPConnection', 'WSGI_HTTPSConnection', '_wsgi_intercept', '__version__',
    'Call', 'Calls', 'NetworkBlockedError', 'block_network'])
def test_the_names_of_the_package(name):
    assert hasattr(wsgi_intercept, name)
    assert name in wsgi_intercept.__all__ or name == '_wsgi_intercept'


def test_all_is_there():
    assert [name for name in wsgi_intercept.__all__
            if not hasattr(wsgi_intercept, name)] == []
    assert isinstance(wsgi_intercept.__version__, str)


def fresh(program):
    """What an expression gives at the end of a program in a fresh interpreter.

    :param program: lines, of which the last one is the expression
    """
    lines = program.strip().split('\n')
    lines[-1] = 'print(repr(%s))' % lines[-1].strip()
    output = subprocess.check_output(
        [sys.executable, '-c', '\n'.join(line.strip() for line in lines)],
        env=dict(os.environ, PYTHONPATH=os.path.dirname(
            os.path.dirname(os.path.abspath(wsgi_intercept.__file__)))))
    return ast.literal_eval(output.decode('ascii'))


# Most names are imported when they are asked for (PEP 562), so each is asked for first.

@pytest.mark.parametrize('name', wsgi_intercept.__all__)
def test_a_name_that_is_asked_for_first(name):
    assert fresh("""
        import wsgi_intercept
        by_attribute = wsgi_intercept.%(name)s
        from wsgi_intercept import %(name)s as by_name
        by_attribute is by_name""" % {'name': name})


def test_all_names_at_once():
    names = fresh("""
        from wsgi_intercept import *
        [name for name in dir() if not name.startswith('__')]""")
    assert set(names) | set(['__version__']) == set(wsgi_intercept.__all__)


def test_dir_has_all_names_from_the_start():
    assert set(wsgi_intercept.__all__) <= set(fresh("""
        import wsgi_intercept
        dir(wsgi_intercept)"""))


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError) as caught:
        wsgi_intercept.nothing
    assert "has no attribute 'nothing'" in str(caught.value)
    with pytest.raises(ImportError):
        from wsgi_intercept import nothing      # noqa: F401


def test_what_is_rebound_before_anybody_asked_for_it():
    assert fresh("""
        import wsgi_intercept
        wsgi_intercept.make_environ = 'mine'
        import wsgi_intercept.http_client_intercept
        from wsgi_intercept import make_environ
        [make_environ, wsgi_intercept.make_environ]""") == ['mine', 'mine']


@pytest.mark.skipif(sys.version_info < (3, 7), reason='before PEP 562')
def test_what_is_rebound_while_it_is_imported(monkeypatch):
    def import_module(name, package):
        wsgi_intercept.make_environ = 'mine'
        return original(name, package)
    original = importlib.import_module
    with monkeypatch.context() as patches:
        patches.setattr(wsgi_intercept, 'make_environ', make_environ)   # put back
        del wsgi_intercept.make_environ
        patches.setattr(importlib, 'import_module', import_module)
        assert wsgi_intercept.make_environ == 'mine'
    assert wsgi_intercept.make_environ is make_environ


@pytest.mark.skipif(sys.version_info < (3, 7), reason='before PEP 562')
def test_what_is_deleted_comes_back():
    # unittest.mock deletes what its patch() has not found among a module's own names.
    del wsgi_intercept.make_environ
    assert wsgi_intercept.make_environ is make_environ


@pytest.mark.parametrize('function, names, defaults', [
    (add_wsgi_intercept, ['host', 'port', 'app_create_fn', 'script_name', 'environ',
                          'raise_app_errors', 'calls'],
     {'script_name': '', 'environ': None, 'raise_app_errors': True, 'calls': None}),
    (make_environ, ['inp', 'host', 'port', 'script_name'], {}),
    (WSGIAppError, ['error', 'exc_info'], {}),
    (NetworkBlockedError, ['text'], {}),
    (block_network, ['allow'], {'allow': ()}),
    (wsgi_fake_socket, ['app', 'host', 'port', 'script_name', 'https'],
     {'https': False}),
])
def test_the_arguments(function, names, defaults):
    assert arguments(function) == (names, defaults)


def test_the_defaults_of_the_settings():
    assert wsgi_intercept.STRICT_RESPONSE_HEADERS is False
    assert wsgi_intercept.debuglevel == 0


# add_wsgi_intercept() and remove_wsgi_intercept().

def test_add_by_position_and_by_keyword(installed):
    app = App()
    assert add_wsgi_intercept('app.example', 80, app.make, '/prefix') is None
    get(target='/prefix/x')
    add_wsgi_intercept(script_name='/other', app_create_fn=app.make, port=80,
                       host='app.example')
    get(target='/other/x')
    assert [environ['SCRIPT_NAME'] for environ in app.environs] == ['/prefix', '/other']


def test_add_replaces(installed):
    add_wsgi_intercept('app.example', 80, named_factory('one'))
    add_wsgi_intercept('APP.example', '80', named_factory('two'))
    assert get() == b'two'
    assert remove_wsgi_intercept('app.example', 80) == 0


class Application(object):
    """A class that is a factory of applications, and has methods that are."""

    def __call__(self, environ, start_response):
        start_response('200 OK', [])
        return [b'of the class']

    def make(self):
        return self


@pytest.mark.parametrize('factory', [Application, Application().make,
                                     lambda: Application()])
def test_a_function_a_class_and_a_bound_method_are_factories(installed, factory):
    add_wsgi_intercept('app.example', 80, factory)
    assert get() == b'of the class'


def test_the_factory_is_called_as_late_as_possible(installed):
    calls = []

    def factory():
        calls.append(1)
        return App().make()
    add_wsgi_intercept('app.example', 80, factory)
    connection = http_client.HTTPConnection('app.example', 80)
    assert not calls
    for number in (1, 2):
        connection.request('GET', '/')
        connection.getresponse().read()
        assert len(calls) == number
    connection.close()


def test_remove_one_pair_or_all(installed):
    for port in (1, 2, 3, 4):
        add_wsgi_intercept('app.example', port, App().make)
    assert remove_wsgi_intercept('app.example', 2) == 3
    assert remove_wsgi_intercept('APP.EXAMPLE', '3') == 2
    assert remove_wsgi_intercept('unknown.example', 80) == 2
    assert remove_wsgi_intercept() == 0
    assert remove_wsgi_intercept() == 0
    assert remove_wsgi_intercept('app.example', 1) == 0


def test_remove_by_keyword(installed):
    for port in (1, 2):
        add_wsgi_intercept('app.example', port, App().make)
    assert remove_wsgi_intercept(host='app.example', port=1) == 1
    assert ('app.example', 2) in wsgi_intercept._wsgi_intercept


def test_remove_of_half_a_pair(installed):
    add_wsgi_intercept('app.example', 80, App().make)
    with pytest.raises(TypeError):
        remove_wsgi_intercept('app.example')
    assert ('app.example', 80) in wsgi_intercept._wsgi_intercept


def application(environ, start_response):
    """An application, which is no factory."""


@pytest.mark.parametrize('args, error, named', [
    (('app.example', 80, None), TypeError,
     ['no application', 'app_create_fn must be a function', 'lambda: app']),
    (('app.example', 80, application), TypeError,
     ['app_create_fn must be a function that returns the WSGI application',
      'lambda: app', 'application']),
    (('app.example', 80, 'app'), TypeError, ['app_create_fn must be', "'app'"]),
    (('app.example', 'http', App().make), ValueError,
     ['port must be a number', "'http'"]),
    (('app.example', None, App().make), ValueError, ['port must be a number', 'None']),
    (('app.example', 70000, App().make), ValueError, ['port must be', '70000']),
    ((None, 80, App().make), TypeError, ['host must be a string', 'None']),
    (('http://app.example', 80, App().make), ValueError,
     ['host must be a host name', 'http://app.example']),
])
def test_wrong_arguments_get_an_error_that_says_what_to_write(args, error, named):
    with pytest.raises(error) as caught:
        add_wsgi_intercept(*args)
    for text in named:
        assert text in str(caught.value)
    assert not wsgi_intercept._wsgi_intercept


# WSGIAppError.

CLIENT_ERRORS = [
    EnvironmentError, http_client.HTTPException, URLError, httplib2.HttpLib2Error,
    requests.RequestException, urllib3.exceptions.HTTPError]


@pytest.mark.parametrize('error', CLIENT_ERRORS)
def test_an_app_error_is_no_error_of_a_client(error):
    assert not issubclass(WSGIAppError, error)


def test_an_app_error(installed):
    raised = ZeroDivisionError('of the application')

    def app(environ, start_response):
        raise raised
    add_wsgi_intercept('app.example', 80, lambda: app)
    with pytest.raises(WSGIAppError) as caught:
        get()
    error = caught.value
    assert error.error is raised
    assert error.__cause__ is raised
    assert error.exception_type is ZeroDivisionError
    assert error.exception_value is raised
    assert inspect.istraceback(error.traceback)
    line = '%s:%d' % (app.__code__.co_filename, app.__code__.co_firstlineno + 1)
    for text in ('ZeroDivisionError', 'of the application', line):
        assert text in str(error)


# block_network() and NetworkBlockedError.

def test_block_network():
    with block_network() as yielded:
        assert yielded is None
        with pytest.raises(NetworkBlockedError):
            get()
        with block_network(allow=['*.example']):
            with pytest.raises(NetworkBlockedError):
                get('example.com')
        with block_network(['*']):
            pass


def test_block_network_decorates():
    @block_network()
    def blocked():
        with pytest.raises(NetworkBlockedError):
            get()
        return 'returned'
    assert blocked() == 'returned'


def test_a_network_blocked_error_is_a_failure_of_the_network():
    assert issubclass(NetworkBlockedError, EnvironmentError)
    assert not issubclass(NetworkBlockedError, WSGIAppError)


# STRICT_RESPONSE_HEADERS.

@pytest.mark.parametrize('name, value', [
    ('X-Name', b'value' if six.PY3 else u'value'),
    (b'X-Name' if six.PY3 else u'X-Name', 'value')])
def test_strict_response_headers(installed, monkeypatch, name, value):
    def app(environ, start_response):
        start_response('200 OK', [(name, value)])
        return [b'hello']
    add_wsgi_intercept('app.example', 80, lambda: app)
    assert get() == b'hello'
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', True)
    with pytest.raises(TypeError) as caught:
        get()
    text = "Header has a key '%s' or value '%s' which is not a native str."
    assert str(caught.value) == text % (name, value)
    monkeypatch.setattr(wsgi_intercept, 'STRICT_RESPONSE_HEADERS', False)
    assert get() == b'hello'


# debuglevel.

def test_debuglevel(installed, monkeypatch, capsys):
    def answer(app, environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain'), ('X-Own', 'header')])
        return [b'the body']
    add_wsgi_intercept('app.example', 80, App(answer).make)
    told = []
    for debuglevel in (0, 1, 2):
        monkeypatch.setattr(wsgi_intercept, 'debuglevel', debuglevel)
        assert get() == b'the body'
        out, err = capsys.readouterr()
        assert out == ''
        told.append(err)
    assert told[0] == ''
    for text in ('app.example', '80', 'PATH_INFO'):
        assert text in told[1]
    assert 'X-Own' not in told[1]
    assert 'the body' not in told[1]
    for text in ('PATH_INFO', 'X-Own', 'the body'):
        assert text in told[2]


# make_environ().

def test_make_environ_is_looked_up_at_each_use(installed, monkeypatch):
    app = App()
    add_wsgi_intercept('app.example', 80, app.make)

    def users(inp, host, port, script_name):
        environ = make_environ(inp, host, port, script_name)
        environ['REMOTE_USER'] = 'user'
        return environ
    get()
    monkeypatch.setattr(wsgi_intercept, 'make_environ', users)
    get()
    monkeypatch.undo()
    get()
    assert [environ.get('REMOTE_USER') for environ in app.environs] == (
        [None, 'user', None])


def test_a_make_environ_that_changes_its_arguments(installed, monkeypatch):
    app = App()
    add_wsgi_intercept('app.example', 80, app.make)
    monkeypatch.setattr(
        wsgi_intercept, 'make_environ',
        lambda inp, host, port, script_name: make_environ(inp, 'other', 81, '/path'))
    get(target='/path/x')
    assert app.environ['SERVER_NAME'] == 'other'
    assert app.environ['SERVER_PORT'] == '81'
    assert app.environ['SCRIPT_NAME'] == '/path'


def test_make_environ_by_itself():
    environ = make_environ(io.BytesIO(GET), 'app.example', 80, '/path')
    assert type(environ) is dict
    assert (environ['SCRIPT_NAME'], environ['PATH_INFO']) == ('/path', '')


# wsgi_fake_socket.

@pytest.mark.parametrize('data', [GET, GET.decode('ascii')])
@pytest.mark.parametrize('https', [False, True])
def test_a_fake_socket_by_itself(data, https):
    app = App()
    fake = wsgi_fake_socket(app.make(), 'app.example', 80, '', https)
    fake.sendall(data)
    response = fake.makefile()
    assert response.readline() == b'HTTP/1.1 200 OK\r\n'
    assert b'hello' in response.read()
    assert app.environ['wsgi.url_scheme'] == ('https' if https else 'http')


# WSGI_HTTPConnection and WSGI_HTTPSConnection.

@pytest.mark.parametrize('cls, base', [
    (WSGI_HTTPConnection, http_client.HTTPConnection),
    (WSGI_HTTPSConnection, http_client.HTTPSConnection)])
def test_a_connection_by_itself(cls, base):
    class Own(cls):
        def get_app(self, host, port):
            if host == 'app.example':
                return app.make(), '/prefix'
            return None, None
    app = App()
    assert issubclass(cls, base)
    connection = Own('app.example', 8080)
    for _ in range(3):
        connection.request('GET', '/prefix/x')
        assert connection.getresponse().read() == b'hello'
    connection.close()
    assert [environ['SCRIPT_NAME'] for environ in app.environs] == ['/prefix'] * 3
    add_wsgi_intercept('app.example', 8080, named_factory('registered'))
    try:
        connection = cls('app.example', 8080)
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'registered'
        connection.close()
    finally:
        remove_wsgi_intercept()


# _wsgi_intercept.

class Minimal(object):
    """A user's mapping: two operations, and no more."""

    def __init__(self):
        self.items = {}
        self.asked = []

    def __contains__(self, key):
        self.asked.append(key)
        return key in self.items

    def __getitem__(self, key):
        return self.items[key]


def test_the_mapping_is_read(installed):
    factory = App().make
    assert len(wsgi_intercept._wsgi_intercept) == 0
    add_wsgi_intercept('app.example', 80, factory, '/prefix')
    assert ('app.example', 80) in wsgi_intercept._wsgi_intercept
    assert wsgi_intercept._wsgi_intercept['app.example', 80] == (factory, '/prefix')
    assert list(wsgi_intercept._wsgi_intercept) == [('app.example', 80)]
    assert ('app.example', 81) not in wsgi_intercept._wsgi_intercept


def test_the_mapping_is_rebound(installed, monkeypatch):
    add_wsgi_intercept('app.example', 80, named_factory('before'))
    users = Minimal()
    users.items['app.example', 80] = named_factory('user'), ''
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', users)
    assert get() == b'user'
    assert ('app.example', 80) in users.asked
    users.items['app.example', 80] = named_factory('later'), ''
    assert get() == b'later'
    monkeypatch.undo()
    assert get() == b'before'


def test_the_mapping_is_rebound_to_one_that_matches_every_host(installed, monkeypatch):
    class Every(Minimal):
        def __contains__(self, key):
            return True

        def __getitem__(self, key):
            return named_factory('%s:%s' % key), ''
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', Every())
    assert get('one.example', 81) == b'one.example:81'
    assert get('two.example', 80) == b'two.example:80'


class Aliases(Minimal):
    """A mapping that gives out registrations of ours under other names."""

    def __init__(self, **names):
        self.names = names

    def __contains__(self, key):
        return key[0].partition('.')[0] in self.names

    def __getitem__(self, key):
        return registrations[self.names[key[0].partition('.')[0]], 80]


registrations = wsgi_intercept._wsgi_intercept


def test_a_registration_of_ours_is_given_out_for_another_pair(installed, monkeypatch):
    app, calls = App(), wsgi_intercept.Calls()
    add_wsgi_intercept('app.example', 80, app.make, calls=calls)
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', Aliases(other='app.example'))
    get('other.example', 8080)
    assert (app.environ['SERVER_NAME'], app.environ['SERVER_PORT']) == (
        'other.example', '8080')
    assert calls[0].url == 'http://other.example:8080/'


def test_a_registration_of_ours_is_put_under_another_pair(installed):
    app, calls = App(), wsgi_intercept.Calls()
    add_wsgi_intercept('app.example', 80, app.make, calls=calls)
    registrations['alias.example', 81] = registrations['app.example', 80]
    get('alias.example', 81)
    assert (app.environ['SERVER_NAME'], app.environ['SERVER_PORT']) == (
        'alias.example', '81')
    assert calls[0].url == 'http://alias.example:81/'


def test_an_alias_leads_elsewhere_between_connect_and_request(installed, monkeypatch):
    add_wsgi_intercept('one.example', 80, named_factory('one'))
    add_wsgi_intercept('two.example', 80, named_factory('two'))
    aliases = Aliases(alias='one.example')
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', aliases)
    connection = http_client.HTTPConnection('alias.example')
    connection.connect()
    aliases.names['alias'] = 'two.example'
    connection.request('GET', '/')
    assert connection.getresponse().read() == b'two'
    connection.close()


def test_none_in_the_mapping_is_no_registration(monkeypatch):
    connection = WSGI_HTTPConnection('app.example')
    registrations['app.example', 80] = None
    assert not dial(connection)
    remove_wsgi_intercept()
    users = Minimal()
    users.items['app.example', 80] = None
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', users)
    assert not dial(connection)
    assert connection.sock is None


def test_the_host_is_the_one_that_the_client_names(installed, monkeypatch):
    """A native string, whatever was registered (Python 2)."""
    hosts = []

    def users(inp, host, port, script_name):
        hosts.append(host)
        return make_environ(inp, host, port, script_name)

    monkeypatch.setattr(wsgi_intercept, 'make_environ', users)
    for host in (u'app.example', 'app.example'):
        add_wsgi_intercept(host, 80, App().make)
        get('app.example')
        get('App.Example')
    assert hosts == ['app.example', 'App.Example'] * 2
    assert set(map(type, hosts)) == set([str])


def test_the_mapping_is_rebound_to_a_dict(installed, monkeypatch):
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', {
        ('app.example', 80): (named_factory('user'), '')})
    assert get() == b'user'


# The client modules.

MODULES = {
    'http_client_intercept': ['HTTP_WSGIInterceptor', 'HTTPS_WSGIInterceptor'],
    'urllib_intercept': ['install_opener', 'uninstall_opener', 'WSGI_HTTPHandler',
                         'WSGI_HTTPSHandler'],
    'httplib2_intercept': ['HTTP_WSGIInterceptorWithTimeout',
                           'HTTPS_WSGIInterceptorWithTimeout', 'HTTPInterceptorMixin',
                           'HTTPSInterceptorMixin'],
    'requests_intercept': [],
    'urllib3_intercept': [],
}


@pytest.mark.parametrize('name', sorted(MODULES))
def test_the_names_of_a_client_module(name):
    module = importlib.import_module('wsgi_intercept.' + name)
    names = MODULES[name] + ['install', 'uninstall']
    assert sorted(module.__all__) == sorted(names)
    assert [each for each in names if not callable(getattr(module, each))] == []
    assert arguments(module.install) == arguments(module.uninstall) == ([], {})


@pytest.mark.parametrize('name, base', [
    ('http_client_intercept.HTTP_WSGIInterceptor', http_client.HTTPConnection),
    ('http_client_intercept.HTTPS_WSGIInterceptor', http_client.HTTPSConnection),
    ('httplib2_intercept.HTTP_WSGIInterceptorWithTimeout',
     httplib2.HTTPConnectionWithTimeout),
    ('httplib2_intercept.HTTPS_WSGIInterceptorWithTimeout',
     httplib2.HTTPSConnectionWithTimeout)])
def test_the_classes_of_the_client_modules(name, base):
    module, _dot, cls = name.partition('.')
    cls = getattr(importlib.import_module('wsgi_intercept.' + module), cls)
    assert issubclass(cls, base)
    assert issubclass(cls, WSGI_HTTPConnection)


def test_the_handlers_of_urllib():
    from wsgi_intercept import urllib_intercept
    opener = build_opener(urllib_intercept.WSGI_HTTPHandler,
                          urllib_intercept.WSGI_HTTPSHandler)
    add_wsgi_intercept('app.example', 80, App().make)
    try:
        response = opener.open('http://app.example/')
        assert response.read() == b'hello'
        response.close()
    finally:
        remove_wsgi_intercept()


# The interceptors.

INTERCEPTORS = {
    'Interceptor': None,
    'AllClientsInterceptor': None,
    'HttpClientInterceptor': 'http_client_intercept',
    'UrllibInterceptor': 'urllib_intercept',
    'Httplib2Interceptor': 'httplib2_intercept',
    'RequestsInterceptor': 'requests_intercept',
    'Urllib3Interceptor': 'urllib3_intercept',
}


@pytest.mark.parametrize('name', sorted(INTERCEPTORS))
def test_the_interceptors(name):
    from wsgi_intercept import interceptor
    cls = getattr(interceptor, name)
    assert name in interceptor.__all__
    assert issubclass(cls, interceptor.Interceptor)
    assert cls.MODULE_NAME == INTERCEPTORS[name]
    assert arguments(cls) == (
        ['app', 'host', 'port', 'prefix', 'url', 'environ', 'raise_app_errors',
         'scheme', 'max_calls'],
        {'host': None, 'port': 80, 'prefix': None, 'url': None, 'environ': None,
         'raise_app_errors': True, 'scheme': None, 'max_calls': 100})
    factory = App().make
    made = cls(factory, 'app.example', 8080, '/prefix')
    assert (made.app, made.host, made.port) == (factory, 'app.example', 8080)
    assert made.script_name == '/prefix'
    assert made.url == 'http://app.example:8080/prefix'
    for method in ('install_intercept', 'uninstall_intercept', 'uninstall_module',
                   '__enter__', '__exit__', '__call__'):
        assert callable(getattr(made, method))
