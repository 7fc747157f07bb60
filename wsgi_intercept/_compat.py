"""Every difference between Python 2 and Python 3, decided once.

The names mean the same on every Python; no other module tests for a version.
"""

import operator
import re

import six
from six.moves import http_client
from six.moves.urllib.parse import unquote

__all__ = ['defining_class', 'from_bytes', 'from_string', 'get_function', 'getmro',
           'http_client', 'inherited', 'is_method', 'is_printable', 'percent_decoded',
           'remembering', 'to_bytes', 'wsgi_text']


if six.PY2:
    from inspect import getmro      # old-style classes have no __mro__

    #: The native string of `data`, a bytes of latin-1.
    from_bytes = str

    #: Whether a native string has no control characters; false for some that have none.
    is_printable = re.compile(r'[\x20-\x7e]*\Z').match

    def remembering(maxsize):
        """Python 2 forgets: it would take ``u'a'`` for ``'a'``, which is another."""
        return lambda function: function

    def to_bytes(data):
        """The bytes of `data`: bytes-like, or text that latin-1 can write."""
        if isinstance(data, six.text_type):
            return data.encode('latin-1')
        if isinstance(data, memoryview):
            return data.tobytes()
        if isinstance(data, six.integer_types):     # bytearray() takes it for a size
            raise TypeError('bytes are sent, not %r' % (data,))
        return bytes(bytearray(data))

    def from_string(string):
        """The native string of `string`, a unicode that latin-1 can write."""
        return string.encode('latin-1')

    def percent_decoded(path):
        """`path` with its ``%XX`` decoded; native strings (PEP 3333, "Unicode")."""
        return unquote(path)

    def wsgi_text(text):
        """The native string in which an environ carries `text` (as UTF-8)."""
        if isinstance(text, six.text_type):
            return text.encode('utf-8')
        return text

    def get_function(owner, name):
        """The plain function behind ``owner.name``, own or inherited."""
        return six.get_unbound_function(getattr(owner, name))
else:
    from functools import lru_cache as remembering

    def getmro(cls):
        """The class and its bases, in the order in which they are looked in."""
        return cls.__mro__

    #: The native string of `data`, a bytes of latin-1.
    from_bytes = operator.methodcaller('decode', 'latin-1')

    #: Whether a native string has no control characters; false for some that have none.
    is_printable = str.isprintable

    def to_bytes(data):
        """The bytes of `data`: bytes-like, or text that latin-1 can write."""
        if isinstance(data, str):
            return data.encode('latin-1')
        return memoryview(data).tobytes()

    def from_string(string):
        """The native string of `string`, a bytes of latin-1."""
        return string.decode('latin-1')

    def percent_decoded(path):
        """`path` with its ``%XX`` decoded; native strings (PEP 3333, "Unicode")."""
        return unquote(path, 'latin-1')

    @remembering(256)
    def wsgi_text(text):
        """The native string in which an environ carries `text` (as UTF-8)."""
        return text.encode('utf-8').decode('latin-1')

    def get_function(owner, name):
        """The plain function behind ``owner.name``, own or inherited."""
        return getattr(owner, name)


def is_method(function):
    """Whether `function` is bound to an instance or class."""
    return getattr(function, '__self__', None) is not None


def defining_class(cls, name):
    """The class that `cls` has the attribute `name` from, `cls` itself or a base."""
    if name in vars(cls):
        return cls
    for base in getmro(cls):
        if name in vars(base):
            return base
    raise AttributeError('%r has no %r' % (cls, name))


def inherited(owner, name):
    """The function that ``owner.name`` would be if `owner` did not define it.

    Not :func:`super`: Python 2's connection classes are old-style classes.
    """
    for base in owner.__bases__:
        if hasattr(base, name):
            return get_function(base, name)
    raise AttributeError('no base class of %r has %r' % (owner, name))
