"""Connections that reach an application in place of a registered host.

`Interception` does it by inheritance, for classes of ours and of users;
`intercepting` makes the replacements for the methods of a client's own classes,
so that connections made before, and subclasses, are intercepted as well.  Both
override ``connect()`` and ``putrequest()`` and nothing else: where a pair is not
registered, the client's own method runs.
"""

import weakref

from . import _network, _registry, _settings
from ._compat import defining_class, get_function, http_client, inherited
from ._socket import wsgi_fake_socket


# What a connection to the real host keeps in this attribute: the registration that
# was there when it was dialled for the next request, or that the request for which it
# is being dialled has begun; so a factory that returns None is called once a request.
_ASKED = '_wsgi_intercept_asked'
_IN_REQUEST = object()


def authority(connection):
    """The host and port that a connection is for: behind a proxy, the tunnel's."""
    if getattr(connection, '_tunnel_host', None):
        return connection._tunnel_host, connection._tunnel_port
    return connection.host, connection.port


def dial(connection, get_app):
    """Connect to an application, if there is one for the connection's host and port.

    :param get_app: ``get_app(host, port)`` -> ``(application, script_name)``
    :returns: whether it did
    :raises NetworkBlockedError: if there is none, and the network is blocked
    """
    host, port = authority(connection)
    registration = _registry.find(host, port)
    app, script_name = get_app(host, port)
    in_request = vars(connection).pop(_ASKED, None) is _IN_REQUEST
    if app is None:
        if _network.blocks:
            _network.check(host, port, connection)
        _settings.trace(1, 'not intercepted: %s:%s', host, port)
        if not in_request:
            setattr(connection, _ASKED, registration)
        return False
    _settings.trace(1, 'intercepted: %s:%s', host, port)
    https = is_https(connection)
    connection.sock = sock = wsgi_fake_socket(app, host, port, script_name, https)
    sock.owner = weakref.ref(connection)
    if not in_request:
        sock.is_current = lambda: _registry.find(host, port) == registration
    # urllib3 warns of https connections that do not say this.
    connection.is_verified = https
    return True


def is_https(connection):
    """Whether a connection is one for https.

    The class of urllib3 2 is none of the standard library's; it has the port of https.
    """
    return (isinstance(connection, http_client.HTTPSConnection)
            or connection.default_port == http_client.HTTPS_PORT)


def redirect(connection, get_app):
    """A request begins: leave the real host if there is an application for it now."""
    sock = connection.sock
    if sock is None or isinstance(sock, wsgi_fake_socket):
        setattr(connection, _ASKED, _IN_REQUEST)
        return
    asked = vars(connection).pop(_ASKED, _IN_REQUEST)
    if asked is _IN_REQUEST or asked != _registry.find(*authority(connection)):
        setattr(connection, _ASKED, _IN_REQUEST)
        if dial(connection, get_app):
            sock.close()
    elif _network.blocks:       # it was dialled before, perhaps before the block
        host, port = authority(connection)
        _network.check(host, port, connection)


class Interception(object):
    """Mixin for connection classes: put it before the client's class."""

    def get_app(self, host, port):
        """The application for one request to `host` and `port`; override to choose.

        :returns: ``(application, script_name)``, or ``(None, None)`` for the network
        """
        return _registry.get_app(host, port)

    def connect(self):
        """Connect to the registered application, or else to the real host."""
        if not dial(self, self.get_app):
            super(Interception, self).connect()

    def putrequest(self, *args, **kwargs):
        """Begin a request; it goes where the registrations of this moment say."""
        redirect(self, self.get_app)
        return super(Interception, self).putrequest(*args, **kwargs)


class WSGI_HTTPConnection(Interception, http_client.HTTPConnection, object):
    """An :class:`http.client.HTTPConnection` that registered applications answer."""


class WSGI_HTTPSConnection(WSGI_HTTPConnection, http_client.HTTPSConnection, object):
    """An :class:`http.client.HTTPSConnection` that registered applications answer."""


def intercepting(classes):
    """The swaps that make connection classes of a client intercept.

    Only a connection whose ``connect()`` is of one of these classes is intercepted: one
    with a ``connect()`` of its own has a transport of its own, and a client that is
    built on another's classes is intercepted if it is patched itself.

    :param classes: the client's classes that define ``connect()``
    :returns: swaps for :class:`wsgi_intercept._patch.Patch`
    """
    roots = [cls for cls in classes
             if not any(cls is not other and issubclass(cls, other)
                        for other in classes)]
    return ([(cls, 'connect', _connect_maker(cls)) for cls in classes]
            + [(cls, 'putrequest', _putrequest_maker(cls, classes)) for cls in roots])


def _connect_maker(cls):
    def make(patch):
        original = get_function(cls, 'connect')

        def connect(self):
            ours = patch.active and defining_class(self.__class__, 'connect') is cls
            if not ours and _network.blocks:
                host, port = authority(self)
                _network.check(host, port, self)
            if not ours or not dial(self, _registry.get_app):
                original(self)
        return connect
    return make


def _putrequest_maker(cls, classes):
    def make(patch):
        original = vars(cls).get('putrequest')

        def putrequest(self, *args, **kwargs):
            if patch.active and defining_class(self.__class__, 'connect') in classes:
                redirect(self, _registry.get_app)
            method = original or inherited(cls, 'putrequest')
            return method(self, *args, **kwargs)
        return putrequest
    return make
