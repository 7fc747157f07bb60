"""The switch that blocks the network."""

import copy
import itertools
import pickle
import socket

import pytest
import six
from six.moves import http_client

import wsgi_intercept
from wsgi_intercept import (
    NetworkBlockedError, WSGI_HTTPConnection, _network, add_wsgi_intercept,
    block_network, remove_wsgi_intercept)

from ..apps import App, named_factory
from ..conftest import differences, state


class Connection(object):
    """Stands for a client's connection."""


def blocked(host='example.com', port=80):
    """The text of the error for a host and port, or ``None`` if it may be reached."""
    try:
        _network.check(host, port, Connection())
    except NetworkBlockedError as error:
        return str(error)


# What is allowed

@pytest.mark.parametrize('allow, reached, not_reached', [
    ([], [], [('example.com', 80), ('', 80), ('127.0.0.1', 80)]),
    (['example.com'],
     [('example.com', 80), ('example.com', 443), ('EXAMPLE.com', 80),
      ('example.com.', 80)],
     [('www.example.com', 80), ('example.org', 80), ('exampleXcom', 80),
      ('example.com\n', 80)]),
    (['example.com.'], [('example.com', 80), ('example.com.', 80)], []),
    (['Example.COM'], [('example.com', 80), (u'EXAMPLE.com', 80)], []),
    (['*.example.com'], [('www.example.com', 80), ('a.b.EXAMPLE.com', 1)],
     [('example.com', 80), ('wwwXexample.com', 80)]),
    (['db?', 'host[12]', '[ab].example'],
     [('db1', 80), ('host1', 80), ('host2', 80), ('a.example', 80)],
     [('db', 80), ('db10', 80), ('host3', 80), ('host', 80), ('c.example', 80)]),
    (['*'], [('example.com', 80), ('::1', 8080), ('', 0)], []),
    ([('example.com', 80)], [('example.com', 80), ('example.com', '80')],
     [('example.com', 443), ('www.example.com', 80)]),
    ([('*.example.com', '8080')], [('www.example.com', 8080)],
     [('www.example.com', 80)]),
    ([['example.com', 80], 'example.org'], [('example.com', 80), ('example.org', 1)],
     [('example.com', 443)]),
    (['127.0.0.*'], [('127.0.0.1', 80)], [('127.0.1.1', 80), ('localhost', 80)]),
    (['::1'], [('::1', 80), ('[::1]', 80)], [('::2', 80)]),
    (['[::1]'], [('::1', 80), ('[::1]', 80)], [('::2', 80), (':', 80)]),
    ([('[fe80::*]', 80)], [('fe80::1', 80), ('FE80::2', 80)], [('fe80::1', 81)]),
    ([u'b\xfccher.example'], [(u'b\xfccher.example', 80), (u'B\xdcCHER.example', 80),
                              ('xn--bcher-kva.example', 80)], [('bcher.example', 80)]),
    ([u'*.b\xfccher.example'], [('www.xn--bcher-kva.example', 80)], []),
    (['xn--bcher-kva.example'], [(u'b\xfccher.example', 80)], []),
    (['None', 'example.com'], [(None, 80), (b'example.com', 80)], [(b'\xff', 80)]),
    ([u'example.com'], [('example.com', 80)], [('example.org', 'port')]),
])
def test_what_is_allowed(allow, reached, not_reached):
    for allowing in (allow, tuple(allow), iter(allow)):
        with block_network(allow=allowing):
            for host, port in reached:
                assert blocked(host, port) is None
            for host, port in not_reached:
                assert blocked(host, port)


def test_the_list_is_read_once():
    allow = ['example.com']
    block = block_network(allow)
    allow[:] = ['example.org']
    with block:
        assert blocked('example.com') is None
        assert blocked('example.org')


def test_without_a_block_everything_is_allowed():
    assert not _network.blocks
    assert blocked() is None


# Wrong arguments

@pytest.mark.parametrize('allow', ['example.com', u'example.com', b'example.com', ''])
def test_a_string_is_no_list(allow):
    with pytest.raises(TypeError) as caught:
        block_network(allow)
    assert 'allow must be a list of host names' in str(caught.value)
    assert 'not %r; write block_network(allow=[%r])' % (allow, allow) in (
        str(caught.value))


@pytest.mark.parametrize('allow', [None, 42, True])
def test_what_is_no_list(allow):
    with pytest.raises(TypeError) as caught:
        block_network(allow)
    assert ("(host, port) pairs, not %r; write block_network(allow=['example.com'])"
            % (allow,)) in str(caught.value)


@pytest.mark.parametrize('entry', [
    None, 80, b'example.com' if six.PY3 else 1.5, (), ('example.com', 80, 1),
    (80, 80), ('example.com',), set(['example.com'])])
def test_an_entry_that_is_none(entry):
    with pytest.raises(TypeError) as caught:
        block_network(['example.org', entry])
    assert 'not %r; write block_network(allow=[' % (entry,) in str(caught.value)


def test_a_pair_that_is_in_no_list():
    with pytest.raises(TypeError) as caught:
        block_network(('example.com', 80))
    assert 'not 80' in str(caught.value)


@pytest.mark.parametrize('host', [
    '', 'http://example.com', 'example.com:80', 'example.com/path', '[::1]:80'])
@pytest.mark.parametrize('pair', [False, True])
def test_a_host_that_is_none(host, pair):
    with pytest.raises(ValueError) as caught:
        block_network([(host, 80) if pair else host])
    assert str(caught.value) == (
        "allow takes host names such as 'example.com', without scheme and path, and "
        "pairs such as ('example.com', 80); not %r" % (host,))


@pytest.mark.parametrize('port', [None, 'http', -1, 65536, 80.0, '*'])
def test_a_port_that_is_none(port):
    with pytest.raises(ValueError) as caught:
        block_network([('example.com', port)])
    assert 'port must be' in str(caught.value)
    assert repr(port) in str(caught.value)


def test_a_name_that_idna_cannot_write():
    with pytest.raises(ValueError) as caught:
        block_network([u'\xfc' * 100])
    assert 'is no host name' in str(caught.value)


def function():
    """Decorated in the wrong way."""


@pytest.mark.parametrize('wrong', [function, object])
def test_a_decorator_without_parentheses(wrong):
    with pytest.raises(TypeError) as caught:
        block_network(wrong)
    assert 'to decorate, write @block_network() with parentheses' in str(caught.value)
    assert repr(wrong) in str(caught.value)


@pytest.mark.parametrize('wrong, text', [
    (object, 'write "with" inside it'), ('url', 'a function or method is decorated')])
def test_what_is_not_decorated(wrong, text):
    with pytest.raises(TypeError) as caught:
        block_network()(wrong)
    assert text in str(caught.value)
    assert not _network.blocks


# The error

def test_the_text_with_nothing_registered():
    with block_network():
        assert blocked('Example.COM', 80) == (
            "example.com:80 is blocked by wsgi_intercept.block_network(); nothing is "
            "registered; to let it pass, write block_network(allow=['example.com']), "
            "or register an application for it")


@pytest.fixture
def registrations():
    for host, port in [('b.example', 443), ('::1', 8080), ('A.example', '80')]:
        add_wsgi_intercept(host, port, App().make)
    yield
    remove_wsgi_intercept()


def test_the_text_names_what_is_registered(registrations):
    with block_network():
        assert blocked('b.example', 80) == (
            "b.example:80 is blocked by wsgi_intercept.block_network(); registered are "
            "[::1]:8080, a.example:80, b.example:443; to let it pass, write "
            "block_network(allow=['b.example']), or register an application for it")


def test_the_text_for_what_is_registered_and_goes_to_the_network(registrations):
    with block_network():
        assert blocked('b.example', 443) == (
            "b.example:443 is blocked by wsgi_intercept.block_network(), though "
            "registered: its factory has returned None, or its connection "
            "puts TLS on in a connect() of its own; registered are [::1]:8080, "
            "a.example:80, b.example:443; to let it pass, write "
            "block_network(allow=['b.example'])")


@pytest.mark.parametrize('host, told', [
    (u'example.com', 'example.com'), (b'example.com', 'example.com'),
    (u'b\xfccher.example', 'xn--bcher-kva.example'), (None, 'none'),
    (u'\xfc..example', '\\xfc..example' if six.PY2 else u'\xfc..example')])
def test_hosts_in_the_text(host, told):
    with block_network():
        text = blocked(host, 80)
        assert type(text) is str
        assert text.startswith('%s:80 is blocked' % told)
        assert 'allow=[%r]' % told in text
        assert blocked('[::1]', 80).startswith('[::1]:80 is blocked')


class Minimal(object):
    """A user's mapping: two operations, and no more."""

    def __contains__(self, key):
        return False

    def __getitem__(self, key):
        raise KeyError(key)


@pytest.mark.parametrize('mapping, told', [
    (Minimal(), 'nothing is registered'), ({}, 'nothing is registered'),
    ({('a.example', 80): 0, 'odd': 1, (1, 2, 3): 2, (4, None): 3},
     'registered are 4:None, a.example:80')])
def test_a_mapping_of_the_user_s(monkeypatch, mapping, told):
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', mapping)
    with block_network():
        assert told in blocked('example.com')


def test_the_error_is_one_of_the_network():
    error = NetworkBlockedError('text')
    assert isinstance(error, socket.error)
    if six.PY3:
        assert isinstance(error, ConnectionRefusedError)
    assert str(error) == 'text'
    assert error.errno
    assert not isinstance(error, wsgi_intercept.WSGIAppError)


@pytest.mark.parametrize('duplicate', [
    copy.copy, lambda error: pickle.loads(pickle.dumps(error))], ids=['copy', 'pickle'])
def test_the_errors_are_copied(duplicate):
    import httplib2
    import urllib3
    for cls, base in [(http_client.HTTPConnection, NetworkBlockedError),
                      (httplib2.HTTPConnectionWithTimeout, httplib2.HttpLib2Error),
                      (urllib3.connection.HTTPConnection, Exception)]:
        with block_network():
            with pytest.raises(base) as caught:
                _network.check('example.com', 80, cls('example.com'))
        error = duplicate(caught.value)
        assert 'example.com:80 is blocked' in str(error)
        assert isinstance(error, base)


def test_the_error_of_a_client():
    """The innermost of the connection's classes decides; the cause is there."""
    class Client(Connection):
        pass

    class ClientError(Exception):
        pass
    _network.report_as(Client, lambda connection, text: ClientError(connection, text))
    connection = type('Own', (Client,), {})()
    with block_network():
        with pytest.raises(ClientError) as caught:
            _network.check('example.com', 80, connection)
    assert caught.value.args[0] is connection
    cause = caught.value.__cause__
    assert type(cause) is NetworkBlockedError
    assert str(cause) == caught.value.args[1]
    del _network._makers[Client]


# Entering and leaving

def test_a_block_restores_everything():
    before = state()
    block = block_network()
    for _each in range(2):
        assert not differences(before, state())
        with block as yielded:
            assert yielded is None
            assert blocked()
            assert differences(before, state())
        assert not differences(before, state())
    block.__exit__(None, None, None)
    assert not differences(before, state())


def test_the_innermost_decides():
    with block_network(['a.example']):
        with block_network(['b.example']):
            assert blocked('a.example')
            assert not blocked('b.example')
        assert not blocked('a.example')
        assert blocked('b.example')


@pytest.mark.parametrize('order', list(itertools.permutations(range(3))), ids=str)
def test_exits_in_any_order(order):
    names = ['a.example', 'b.example', 'c.example']
    made = [block_network([name]) for name in names]
    for each in made:
        each.__enter__()
    left = [0, 1, 2]
    for number in order:
        assert [name for name in names if not blocked(name)] == [names[left[-1]]]
        made[number].__exit__(None, None, None)
        left.remove(number)
    assert not _network.blocks


def test_one_block_entered_twice():
    block = block_network(['a.example'])
    with block:
        with block_network():
            with block:
                assert not blocked('a.example')
            assert blocked('a.example')
        assert not blocked('a.example')
    assert not blocked()


@pytest.mark.parametrize('error', [ZeroDivisionError, KeyboardInterrupt, SystemExit])
def test_an_error_inside(error):
    before = state()
    with pytest.raises(error):
        with block_network():
            raise error
    assert not differences(before, state())


@pytest.mark.parametrize('name', ['http_proxy', 'HTTPS_PROXY'])
def test_a_proxy_in_the_environment(monkeypatch, name):
    before = state()
    monkeypatch.setenv(name, 'http://proxy.example:3128')
    with pytest.raises(RuntimeError) as caught:
        with block_network():
            pytest.fail('entered')
    assert str(caught.value) == (
        'http_proxy or https_proxy set in environment, please unset')
    assert not differences(before, state())


@pytest.mark.parametrize('client', ['httplib2', 'requests', 'urllib3'])
def test_a_client_that_is_not_installed(missing, client):
    before = state()
    missing(client)
    with block_network():
        assert blocked()
    assert not differences(before, state())


def test_a_function_is_decorated():
    before = state()

    @block_network(allow=['a.example'])
    def decorated(value, more=2):
        assert not blocked('a.example')
        assert blocked('b.example')
        return value, more
    assert decorated.__name__ == 'decorated'
    assert not differences(before, state())
    assert decorated(1) == (1, 2)
    assert decorated(1, more=3) == (1, 3)
    assert not differences(before, state())


class TestMethods(object):
    @block_network()
    def test_a_method_is_decorated(self, monkeypatch):
        assert blocked()


# Connections

class Unused(http_client.HTTPConnection):
    """Never comes to connect."""

    def connect(self):
        pytest.fail('connected')


class Own(WSGI_HTTPConnection, Unused):
    """Has applications of its own."""

    def get_app(self, host, port):
        if host == 'app.example':
            return named_factory('own')(), ''
        return None, None


def test_connections_by_themselves():
    """With nothing patched for them."""
    with block_network():
        connection = Own('example.com')
        with pytest.raises(NetworkBlockedError):
            connection.request('GET', '/')
        connection = Own('app.example')
        connection.request('GET', '/')
        assert connection.getresponse().read() == b'own'
        connection.close()


def test_nothing_is_checked_without_a_block(monkeypatch, closed_port):
    monkeypatch.setattr(_network, 'check', lambda *args: pytest.fail('checked'))
    connection = WSGI_HTTPConnection('127.0.0.1', closed_port)
    with pytest.raises(EnvironmentError):
        connection.request('GET', '/')
    connection.close()
