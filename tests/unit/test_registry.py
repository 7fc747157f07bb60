"""Which host and port pairs are answered by which application."""

import contextlib
import functools
import threading

import pytest
import six

import wsgi_intercept
from wsgi_intercept import WSGIAppError, _registry

from ..apps import App


@pytest.fixture
def registry():
    """The registry, which is emptied after the test."""
    yield _registry
    _registry.remove_all()


def application(environ, start_response):
    """A WSGI application, which is no factory."""
    start_response('200 OK', [])
    return []


def factory():
    return application


def other_factory():
    return application


class CallableApplication(object):
    def __call__(self, environ, start_response):
        return application(environ, start_response)

    def method(self, environ, start_response):
        return application(environ, start_response)

    def make(self):
        return application

    @classmethod
    def make_of_class(cls):
        return application

    @staticmethod
    def make_static():
        return application


class CallableFactory(object):
    def __call__(self):
        return application


class ApplicationClass(object):
    """A class whose instances are responses, as PEP 3333 has it."""

    def __init__(self, environ, start_response):
        start_response('200 OK', [])

    def __iter__(self):
        return iter([])


# Arguments.

@pytest.mark.parametrize('host', ['app.example', 'APP.example', u'App.Example'])
@pytest.mark.parametrize('port', [80, '80', u'80'])
def test_a_pair_matches_without_regard_to_case_and_kind_of_port(registry, host, port):
    registry.add('aPP.eXample', 80, factory, '/prefix')
    assert registry.find(host, port) == (factory, '/prefix')
    assert (host, port) in registry.registrations
    assert registry.registrations[host, port] == (factory, '/prefix')
    assert registry.remove(host, port) == 0


@pytest.mark.parametrize('registered', ['app.example', 'app.example.'])
@pytest.mark.parametrize('asked', ['app.example', 'App.example.'])
def test_a_name_matches_with_and_without_the_dot_at_its_end(registry, registered,
                                                            asked):
    registry.add(registered, 80, factory)
    assert registry.find(asked, 80) == (factory, '')


@pytest.mark.parametrize('registered', ['::1', '[::1]'])
@pytest.mark.parametrize('asked', ['::1', '[::1]'])
def test_an_ipv6_address_matches_with_and_without_brackets(registry, registered, asked):
    registry.add(registered, 8080, factory)
    assert registry.find(asked, 8080) == (factory, '')
    assert registry.remove(asked, 8080) == 0


@pytest.mark.parametrize('host, port', [('app.example', 81), ('other.example', 80),
                                        ('app', 80), ('app.example', None)])
def test_another_pair_does_not_match(registry, host, port):
    registry.add('app.example', 80, factory)
    assert registry.find(host, port) is None
    assert registry.get_app(host, port) == (None, None)


@pytest.mark.parametrize('host', [None, 80, b'app.example', ('app.example', 80)])
def test_a_host_that_is_no_string(registry, host):
    if six.PY2 and isinstance(host, bytes):
        pytest.skip('this is the native string')
    with pytest.raises(TypeError) as caught:
        registry.add(host, 80, factory)
    assert 'host must be a string such as "example.com"' in str(caught.value)
    assert repr(host) in str(caught.value)
    assert not registry.registrations


@pytest.mark.parametrize('host', [
    '', 'http://example.com', 'example.com/path', 'a b', 'user@example.com',
    'example.com?x', 'example.com#x', 'example.com\n', '\x00'])
def test_a_host_that_is_no_host_name(registry, host):
    with pytest.raises(ValueError) as caught:
        registry.add(host, 80, factory)
    assert 'host must be a host name such as "example.com"' in str(caught.value)
    assert repr(host) in str(caught.value)
    assert not registry.registrations


@pytest.mark.parametrize('port', [None, '', 'http', '80x', [], object(), True, False])
def test_a_port_that_is_no_number(registry, port):
    with pytest.raises(ValueError) as caught:
        registry.add('app.example', port, factory)
    assert 'port must be a number such as 80' in str(caught.value)
    assert repr(port) in str(caught.value)
    assert not registry.registrations


@pytest.mark.parametrize('port', [-1, 65536, '100000'])
def test_a_port_that_is_out_of_range(registry, port):
    with pytest.raises(ValueError) as caught:
        registry.add('app.example', port, factory)
    assert 'port must be between 0 and 65535' in str(caught.value)
    assert repr(port) in str(caught.value)
    assert not registry.registrations


@pytest.mark.parametrize('port', [0, 1, 65535])
def test_the_ports_at_the_ends_of_the_range(registry, port):
    registry.add('app.example', port, factory)
    assert registry.find('app.example', port) == (factory, '')


RULE = 'app_create_fn must be a function that returns the WSGI application'


@pytest.mark.parametrize('wrong', [
    application, CallableApplication(), CallableApplication().method,
    functools.partial(application), functools.partial(application, {}), 'application',
    42, [application]],
    ids=['function', 'instance', 'method', 'partial', 'half partial', 'string',
         'number', 'list'])
def test_what_is_no_factory(registry, wrong):
    """At once where it can be told, else at the first request."""
    if isinstance(wrong, functools.partial) and hasattr(functools.partial.__call__,
                                                        '__code__'):
        pytest.skip('PyPy calls the function of a partial from Python')
    with pytest.raises(TypeError) as caught:
        registry.add('app.example', 80, wrong)
        registry.get_app('app.example', 80)
    assert RULE in str(caught.value)
    assert 'lambda: app' in str(caught.value)
    assert repr(wrong) in str(caught.value)


@pytest.mark.parametrize('wrong', [application, CallableApplication(),
                                   CallableApplication().method])
def test_an_application_in_place_of_a_factory_is_not_registered(registry, wrong):
    with pytest.raises(TypeError):
        registry.add('app.example', 80, wrong)
    assert not registry.registrations


def test_an_application_that_is_a_class_is_told_at_the_request(registry):
    registry.add('app.example', 80, ApplicationClass)
    with pytest.raises(TypeError) as caught:
        registry.get_app('app.example', 80)
    assert RULE in str(caught.value)
    assert 'ApplicationClass' in str(caught.value)


def test_no_application(registry):
    with pytest.raises(TypeError) as caught:
        registry.add('app.example', 80, None)
    assert str(caught.value).startswith('no application')
    assert RULE in str(caught.value)
    assert not registry.registrations


@pytest.mark.parametrize('right', [
    factory, lambda: application, CallableApplication().make,
    CallableApplication.make_of_class, CallableApplication.make_static,
    CallableFactory(), functools.partial(lambda app: app, application),
    lambda app=application: app, lambda *args, **kwargs: application,
    functools.partial(CallableFactory())],
    ids=['function', 'lambda', 'method', 'class method', 'static method', 'instance',
         'partial', 'default', 'any arguments', 'partial of an instance'])
def test_what_is_a_factory(registry, right):
    registry.add('app.example', 80, right)
    assert registry.get_app('app.example', 80) == (application, '')


def test_a_class_is_a_factory_of_its_instances(registry):
    registry.add('app.example', 80, CallableApplication)
    app, script_name = registry.get_app('app.example', 80)
    assert isinstance(app, CallableApplication)


# Registrations.

def test_a_registration_replaces_an_earlier_one(registry):
    registry.add('app.example', 80, factory, '/one')
    registry.add('APP.example', '80', other_factory, '/two')
    assert len(registry.registrations) == 1
    assert registry.find('app.example', 80) == (other_factory, '/two')
    assert registry.remove('app.example', 80) == 0
    assert registry.find('app.example', 80) is None


def test_remove_says_how_many_are_left(registry):
    for port in (1, 2, 3):
        registry.add('app.example', port, factory)
    assert registry.remove('app.example', 2) == 2
    assert registry.remove('app.example', 2) == 2
    assert registry.remove('unknown.example', 80) == 2
    assert registry.remove_all() == 0
    assert registry.remove_all() == 0


def test_remove_takes_away_what_is_covered_as_well(registry):
    registry.add('app.example', 80, factory, '', 'outer')
    registry.add('app.example', 80, other_factory, '', 'inner')
    assert registry.remove('app.example', 80) == 0
    assert registry.find('app.example', 80) is None
    new = registry.add('app.example', 80, other_factory, '', 'new')
    registry.discard(('app.example', 80), new)
    assert registry.find('app.example', 80) is None


def test_registrations_of_tokens_stack(registry):
    outer = registry.add('app.example', 80, factory, '', 'outer')
    inner = registry.add('app.example', 80, other_factory, '/inner', 'inner')
    assert registry.find('app.example', 80) == (other_factory, '/inner')
    registry.discard(('app.example', 80), inner)
    assert registry.find('app.example', 80) == (factory, '')
    registry.discard(('app.example', 80), outer)
    assert registry.find('app.example', 80) is None


@pytest.mark.parametrize('order', ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
def test_tokens_leave_in_any_order(registry, order):
    added = {}
    for token in 'abc':
        added[token] = registry.add('app.example', 80, functools.partial(str, token),
                                    '', token)
    left = 'abc'
    for token in order:
        registry.discard(registry.normalised(('APP.example', '80')), added[token])
        left = left.replace(token, '')
        expected = added[left[-1]] if left else None
        assert registry.find('app.example', 80) is expected


def test_discard_of_what_is_not_there(registry):
    there = registry.add('app.example', 80, factory, '', 'token')
    other = registry.make_registration(factory, '', None)
    registry.discard(('app.example', 80), other)
    registry.discard(('app.example', 81), there)
    assert registry.find('app.example', 80) == (factory, '')
    registry.remove_all()
    registry.discard(('app.example', 80), there)
    assert registry.find('app.example', 80) is None


def test_a_registration_above_an_interceptor_s_covers_it(registry):
    below = registry.add('app.example', 80, factory, '', 'interceptor')
    registry.add('app.example', 80, other_factory)
    assert registry.find('app.example', 80) == (other_factory, '')
    registry.discard(('app.example', 80), below)
    assert registry.find('app.example', 80) == (other_factory, '')


def test_a_user_who_empties_the_mapping_empties_all(registry):
    registry.add('app.example', 80, factory, '', 'outer')
    wsgi_intercept._wsgi_intercept.clear()
    assert registry.find('app.example', 80) is None
    inner = registry.add('app.example', 80, other_factory, '', 'inner')
    registry.discard(('app.example', 80), inner)
    assert registry.find('app.example', 80) is None


@pytest.fixture(params=['emptied', 'another'])
def other_content(request, monkeypatch):
    """A context manager: the mapping has no content, or is another one, for a while."""
    @contextlib.contextmanager
    def other_content():
        content = dict(_registry.registrations)
        with monkeypatch.context() as patch:
            if request.param == 'emptied':
                wsgi_intercept._wsgi_intercept.clear()
            else:
                patch.setattr(wsgi_intercept, '_wsgi_intercept', {})
            yield
        wsgi_intercept._wsgi_intercept.clear()
        wsgi_intercept._wsgi_intercept.update(content)
    return other_content


def test_what_a_user_puts_back_is_taken_away_by_who_has_registered_it(
        registry, other_content):
    outer = registry.add('app.example', 80, factory, '', 'outer')
    with other_content():
        inner = registry.add('app.example', 80, other_factory, '', 'inner')
        registry.discard(('app.example', 80), inner)
    assert registry.find('app.example', 80) is outer
    registry.discard(('app.example', 80), outer)
    assert not registry.registrations


def test_what_a_user_puts_back_lies_below_what_comes_later(registry, other_content):
    outer = registry.add('app.example', 80, factory, '', 'outer')
    with other_content():
        inner = registry.add('app.example', 80, other_factory, '', 'inner')
        registry.discard(('app.example', 80), inner)
    later = registry.add('app.example', 80, other_factory, '', 'later')
    registry.discard(('app.example', 80), later)
    assert registry.find('app.example', 80) is outer


def test_what_a_user_has_put_there_is_there_again(registry):
    wsgi_intercept._wsgi_intercept['app.example', 80] = (factory, '')
    above = registry.add('app.example', 80, other_factory, '', 'above')
    registry.discard(('app.example', 80), above)
    assert registry.find('app.example', 80) == (factory, '')


def test_one_that_leaves_while_another_mapping_is_in_place(registry, monkeypatch):
    registration = registry.add('app.example', 80, factory, '', 'token')
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', {})
    registry.discard(('app.example', 80), registration)
    monkeypatch.undo()
    assert not registry.registrations


def test_all_operations_of_the_mapping_match_as_hosts_do(registry):
    mapping = wsgi_intercept._wsgi_intercept
    registry.add('Example.com', 80, factory)
    assert mapping.setdefault(('EXAMPLE.com', '80'), 1) == (factory, '')
    assert mapping.pop(('exAmple.com', 80)) == (factory, '')
    assert mapping.pop(('exAmple.com', 80), None) is None
    with pytest.raises(KeyError):
        mapping.pop(('exAmple.com', 80))
    mapping.update({('[::1]', '80'): (factory, '')})
    mapping.update([(('::1', 80), (other_factory, ''))])
    assert list(mapping.items()) == [(('::1', 80), (other_factory, ''))]


# Finding.

class Minimal(object):
    """A mapping with no more than is promised to users."""

    def __init__(self, items):
        self._items = items

    def __contains__(self, key):
        return key in self._items

    def __getitem__(self, key):
        return self._items[key]


def test_the_mapping_of_the_package_is_looked_in(registry, monkeypatch):
    registry.add('app.example', 80, factory)
    users = Minimal({('users.example', 8080): (other_factory, '/prefix')})
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', users)
    assert registry.find('app.example', 80) is None
    assert registry.find('users.example', 8080) == (other_factory, '/prefix')
    assert registry.get_app('users.example', 8080) == (application, '/prefix')
    monkeypatch.undo()
    assert registry.find('app.example', 80) == (factory, '')


@pytest.mark.parametrize('host', ['Example.com', '[::1]'])
def test_a_dict_in_place_of_the_mapping_matches_as_hosts_do(registry, monkeypatch,
                                                            host):
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', {})
    registry.add(host, 80, factory)
    for asked in (host, host.upper(), host.strip('[]')):
        assert registry.find(asked, '80') == (factory, '')


def test_with_a_mapping_that_cannot_be_written_the_functions_still_work(registry,
                                                                        monkeypatch):
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', Minimal({}))
    registry.add('app.example', 80, factory)
    assert registry.remove('app.example', 80) == 0
    assert registry.remove_all() == 0


def test_a_pair_that_goes_between_the_two_operations_is_none(monkeypatch):
    class Fleeting(Minimal):
        def __getitem__(self, key):
            raise KeyError(key)
    monkeypatch.setattr(wsgi_intercept, '_wsgi_intercept', Fleeting({('h', 80): 1}))
    assert _registry.find('h', 80) is None


def test_reading_an_unknown_pair_is_a_key_error():
    with pytest.raises(KeyError):
        _registry.registrations['unknown.example', 80]
    with pytest.raises(KeyError):
        _registry.registrations['no pair']
    assert 'no pair' not in _registry.registrations


# Making the application.

def test_the_factory_is_called_once_each_time(registry):
    made = []

    def counting():
        made.append(1)
        return application
    registry.add('app.example', 80, counting, '/prefix')
    assert not made
    assert registry.get_app('app.example', 80) == (application, '/prefix')
    assert made == [1]
    registry.get_app('app.example', 80)
    assert made == [1, 1]


def test_a_factory_that_returns_none(registry):
    registry.add('app.example', 80, lambda: None, '/prefix')
    assert registry.get_app('app.example', 80) == (None, None)


def test_an_application_that_is_false_is_one(registry):
    class Empty(App):
        def __len__(self):
            return 0
    empty = Empty()
    registry.add('app.example', 80, lambda: empty)
    assert registry.get_app('app.example', 80)[0] is empty


@pytest.mark.parametrize('error', [ZeroDivisionError, TypeError, AttributeError])
def test_an_error_of_the_factory(registry, error):
    def failing():
        raise error('of the factory')
    registry.add('app.example', 80, failing)
    with pytest.raises(WSGIAppError) as caught:
        registry.get_app('app.example', 80)
    assert isinstance(caught.value.error, error)
    assert caught.value.__cause__ is caught.value.error


def test_a_type_error_deep_in_the_factory_is_the_factory_s(registry):
    registry.add('app.example', 80, lambda: application())
    with pytest.raises(WSGIAppError) as caught:
        registry.get_app('app.example', 80)
    assert isinstance(caught.value.error, TypeError)


@pytest.mark.parametrize('error', [KeyboardInterrupt, SystemExit])
def test_a_base_exception_of_the_factory(registry, error):
    def failing():
        raise error
    registry.add('app.example', 80, failing)
    with pytest.raises(error):
        registry.get_app('app.example', 80)


# Threads.

def test_no_lock_is_held_while_a_factory_runs(registry):
    done = []

    def register_elsewhere():
        registry.add('other.example', 80, factory)
        done.append(registry.get_app('other.example', 80))

    def slow():
        thread = threading.Thread(target=register_elsewhere)
        thread.daemon = True
        thread.start()
        thread.join(10)
        return application
    registry.add('app.example', 80, slow)
    assert registry.get_app('app.example', 80) == (application, '')
    assert done == [(application, '')]


def test_many_threads(registry):
    wrong = []

    def work(number):
        token = object()
        for _ in range(100):
            shared = registry.add('shared.example', 80, factory, '', token)
            registry.add('own.example', number, factory)
            if registry.get_app('own.example', number) != (application, ''):
                wrong.append(number)
            if registry.find('shared.example', 80) != (factory, ''):
                wrong.append('shared')
            registry.remove('own.example', number)
            registry.discard(('shared.example', 80), shared)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert not registry.registrations


@pytest.mark.parametrize('arguments, text', [
    (('example.com:80', 80), "host must be a host name such as \"example.com\", not "
                             "'example.com:80'"),
    (('example.com', 80.5), 'port must be a number such as 80, not 80.5')])
def test_a_pair_that_is_none(arguments, text):
    with pytest.raises(ValueError) as caught:
        _registry.add(*arguments, app_create_fn=lambda: None)
    assert text in str(caught.value)


def test_a_script_name_that_is_no_string():
    with pytest.raises(TypeError) as caught:
        _registry.add('example.com', 80, lambda: None, 5)
    assert str(caught.value) == 'script_name must be a string such as "/prefix", not 5'


def test_a_name_beyond_ascii_is_that_which_clients_send():
    name = b'b\xc3\xbccher.example'.decode('utf-8')
    _registry.add(name, 80, lambda: None)
    assert _registry.find('xn--bcher-kva.example', 80)
    assert _registry.remove(name, 80) == 0
