"""The switch that blocks the network for clients, but for what is intercepted."""

import re

import six

from . import _registry
from ._compat import from_bytes, getmro
from ._errors import NetworkBlockedError
from ._patch import Holder, lock
from ._settings import package

#: The blocks that are active, as ``(token, block_network)``; the last one decides.
blocks = []

_ALLOW_RULE = (
    "allow must be a list of host names, patterns such as '*.example.com', and "
    "(host, port) pairs, not %r; write block_network(allow=[%s])")

_makers = {}        # connection class of a client -> what makes its errors


def report_as(connection_class, make_error):
    """Say with what error the connections of a client's class fail.

    :param make_error: ``make_error(connection, text)`` -> exception
    """
    _makers[connection_class] = make_error


def check(host, port, connection):
    """Raise an error if a connection to the real host is blocked.

    :param connection: the client's, whose class tells the type of the error
    :raises NetworkBlockedError: or what `report_as` was told, with that as its cause
    """
    for _token, block in blocks[-1:]:       # another thread may have taken it away
        if not block._allows(host, port):
            raise _error(host, port, connection)


def _error(host, port, connection):
    text = _explanation(host, port)
    error = NetworkBlockedError(text)
    for cls in getmro(connection.__class__):
        if cls in _makers:
            error = _makers[cls](connection, text)
            break
    if not isinstance(error, NetworkBlockedError):
        error.__cause__ = NetworkBlockedError(text)
    return error


def _explanation(host, port):
    """What is blocked, what is not, and what to do about it."""
    host, port = _registry.normalised((_string(host), port))
    if _registry.find(host, port) is None:
        why, way_out = '', ', or register an application for it'
    else:
        why = (', though registered: its factory has returned None, or its connection '
               'puts TLS on in a connect() of its own')
        way_out = ''
    mapping = package._wsgi_intercept
    if not hasattr(mapping, 'keys'):        # the user's own, which need not list them
        mapping = _registry.registrations
    pairs = sorted(_authority(*key) for key in list(mapping)
                   if isinstance(key, tuple) and len(key) == 2)
    return '%s is blocked by wsgi_intercept.block_network()%s; %s; to let it pass, ' \
        'write block_network(allow=[%r])%s' % (
            _authority(host, port), why,
            'registered are ' + ', '.join(pairs) if pairs else 'nothing is registered',
            _native(host), way_out)


def _authority(host, port):
    """A host and port as URLs have them (RFC 3986, 3.2)."""
    host = _native(_string(host))
    return '%s:%s' % ('[%s]' % host if ':' in host else host, port)


def _string(host):
    """A host of a client as a string: Python 3's takes bytes as well."""
    if isinstance(host, bytes):
        return from_bytes(host)
    return host if isinstance(host, six.string_types) else '%s' % (host,)


def _native(text):
    """A native string, whatever is beyond ASCII."""
    if isinstance(text, str):
        return text
    return from_bytes(text.encode('ascii', 'backslashreplace'))


def _rule(entry):
    """An entry of `allow` -> ``(matches(host), port)``; the port may be ``None``."""
    pattern, port = entry, None
    if isinstance(entry, (tuple, list)) and len(entry) == 2:
        pattern, port = entry
        port = _registry.checked_pair('example.com', port)[1]
    if not isinstance(pattern, six.string_types):
        raise TypeError(_ALLOW_RULE % (entry, "'example.com'"))
    if not pattern or '/' in pattern or ']:' in pattern or pattern.count(':') == 1:
        raise ValueError(
            "allow takes host names such as 'example.com', without scheme and path, "
            "and pairs such as ('example.com', 80); not %r" % (pattern,))
    import fnmatch          # few need it

    host = pattern.lower().rstrip('.')
    if ':' in host:         # an IPv6 address; elsewhere brackets are those of a pattern
        host = host.strip('[]')
    try:
        return re.compile(fnmatch.translate(_registry.in_ascii(host))).match, port
    except (UnicodeError, re.error) as error:
        raise ValueError('allow: %r is no host name, and no pattern as of fnmatch: %s'
                         % (pattern, error))


class block_network(Holder):
    """Refuses connections of the clients to hosts for which nothing is registered.

    A context manager, and a decorator of functions and test methods.  While it is
    active, all clients that are installed are patched (those that are not imported yet
    are imported), and their requests to a host and port without application fail before
    the name is looked up: with `NetworkBlockedError`, or with what the client makes of
    it.  Other sockets are not touched.  Where several are active, the one that was
    entered last decides.

    :param allow: host names, patterns as of :mod:`fnmatch`, and ``(host, port)`` pairs
        that may be reached all the same
    :raises TypeError: if `allow` is none of that
    :raises ValueError: if a host is no host name, or a port no port number
    """

    def __init__(self, allow=()):
        Holder.__init__(self)
        if callable(allow):
            raise TypeError('block_network takes hosts to allow, not %r; to decorate, '
                            'write @block_network() with parentheses' % (allow,))
        if isinstance(allow, (six.text_type, bytes)):
            raise TypeError(_ALLOW_RULE % (allow, repr(allow)))
        try:
            rules = list(allow)
        except TypeError:
            raise TypeError(_ALLOW_RULE % (allow, "'example.com'"))
        self._rules = [_rule(each) for each in rules]

    def _allows(self, host, port):
        """Whether `host` and `port` may be reached; decided on the name."""
        name, number = _registry.normalised((_string(host), port))
        return any(matches(name) and only_port in (None, number)
                   for matches, only_port in self._rules)

    def _begin(self, token):
        with lock:
            blocks.append((token, self))

    def _end(self, token):
        with lock:
            blocks[:] = [entry for entry in blocks if entry[0] is not token]

    def __enter__(self):
        from ._clients import all_patches       # few programs block the network

        self._enter(all_patches())

    def __exit__(self, *exc_info):
        self._exit()

    def __call__(self, function):
        """Decorate a function, or a test method: the network is blocked while it runs.

        :raises TypeError: for a class, a coroutine function or a generator function
        """
        from ._decorator import decorated       # few need it

        return decorated(function, self)
