"""Every difference between Python 2 and Python 3, decided once."""

import array
import threading

import pytest
import six

from wsgi_intercept import _compat

EVERY_BYTE = bytes(bytearray(range(256)))


def test_from_bytes_gives_a_native_string_of_every_byte():
    text = _compat.from_bytes(EVERY_BYTE)
    assert type(text) is str
    assert [ord(character) for character in text] == list(range(256))


@pytest.mark.parametrize('data', [
    EVERY_BYTE, EVERY_BYTE.decode('latin-1'), bytearray(EVERY_BYTE),
    memoryview(EVERY_BYTE), array.array('B', bytearray(EVERY_BYTE))],
    ids=['bytes', 'text', 'bytearray', 'memoryview', 'array'])
def test_to_bytes_takes_text_and_whatever_is_like_bytes(data):
    written = _compat.to_bytes(data)
    assert type(written) is bytes
    assert written == EVERY_BYTE


def test_to_bytes_copies():
    data = bytearray(b'abc')
    written = _compat.to_bytes(data)
    data[:] = b'xyz'
    assert written == b'abc'


def test_to_bytes_of_text_that_latin_1_cannot_write():
    with pytest.raises(UnicodeEncodeError):
        _compat.to_bytes(u'\u20ac')


@pytest.mark.parametrize('path, decoded', [
    ('/plain', b'/plain'),
    ('/%41b', b'/Ab'),
    ('/%2F', b'//'),
    ('/%E2%82%AC', b'/\xe2\x82\xac'),
    ('/%zz%4', b'/%zz%4'),
    ('/a+b', b'/a+b'),
])
def test_percent_decoded_is_the_bytes_as_latin_1(path, decoded):
    text = _compat.percent_decoded(path)
    assert type(text) is str
    assert text == _compat.from_bytes(decoded)


def test_percent_decoded_leaves_bytes_beyond_ascii():
    assert _compat.percent_decoded(_compat.from_bytes(EVERY_BYTE[128:])) == (
        _compat.from_bytes(EVERY_BYTE[128:]))


@pytest.mark.parametrize('text', [u'/caf\xe9', u'/\u20ac', u'/plain'])
def test_wsgi_text_is_the_utf_8_as_latin_1(text):
    carried = _compat.wsgi_text(text)
    assert type(carried) is str
    assert _compat.to_bytes(carried) == text.encode('utf-8')


def test_wsgi_text_of_a_native_string():
    assert _compat.wsgi_text('/plain') == '/plain'


class Base(object):
    def method(self):
        return 'base'


class Derived(Base):
    pass


class Overriding(Derived):
    def method(self):
        return 'overriding'


def test_get_function_gives_the_function_that_the_class_has():
    assert _compat.get_function(Base, 'method') is vars(Base)['method']
    assert _compat.get_function(Derived, 'method') is vars(Base)['method']


def test_inherited_passes_over_what_the_class_defines(monkeypatch):
    inherited = _compat.inherited(Overriding, 'method')
    overriding = Overriding()
    monkeypatch.setattr(Base, 'method', lambda self, *args, **kwargs: (
        self, args, kwargs))
    assert inherited(overriding, 1, a=2) == (overriding, (1,), {'a': 2})


def test_inherited_works_for_the_connection_classes():
    connection = _compat.http_client.HTTPSConnection('app.example')
    _compat.inherited(_compat.http_client.HTTPSConnection, 'set_debuglevel')(
        connection, 7)
    assert connection.debuglevel == 7


def test_inherited_says_what_is_missing():
    with pytest.raises(AttributeError) as caught:
        _compat.inherited(Base, 'absent')(Base())
    assert 'absent' in str(caught.value)


def test_is_method():
    assert _compat.is_method(Base().method)
    assert not _compat.is_method(test_is_method)


def test_http_client_is_the_standard_library_s():
    assert _compat.http_client.__name__ == ('httplib' if six.PY2 else 'http.client')


class Asking(object):
    """An argument that, while it is compared, has another thread call a function."""

    def __init__(self, function):
        self.function = function

    def __hash__(self):
        return 1

    def __eq__(self, other):
        thread = threading.Thread(target=self.function, args=('other',))
        thread.daemon = True
        thread.start()
        thread.join(5)
        assert not thread.is_alive(), 'the other thread waits for a lock'
        return self.function is other.function


def test_remembering_holds_no_lock():
    """A lock that is held at a fork is never let go of in the child."""
    remembered = _compat.remembering(16)(lambda argument: [argument])
    remembered(Asking(remembered))
    remembered(Asking(remembered))


def test_what_is_remembered_is_made_once_and_bounded():
    made = []
    remembered = _compat.remembering(2)(lambda argument: made.append(argument))
    for argument in ('a', 'b', 'b', 'c', 'd', 'e', 'e'):
        remembered(argument)
    if six.PY2:         # nothing is remembered there
        assert made == ['a', 'b', 'b', 'c', 'd', 'e', 'e']
    else:
        assert made == ['a', 'b', 'c', 'd', 'e']
        remembered('a')
        assert made[5:] == ['a']
