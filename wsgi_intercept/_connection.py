"""Connections that reach an application in place of a registered host.

`Interception` does it by inheritance, for classes of ours and of users;
`intercepting` makes the replacements for the methods of a client's own classes,
so that connections made before, and subclasses, are intercepted as well.  Both
override ``connect()`` and ``putrequest()`` and nothing else: where a pair is not
registered, the client's own method runs.
"""

import six

from . import _network, _registry
from ._compat import (
    defining_class, get_function, getmro, http_client, inherited, weak_ref)
from ._registry import normalised, registered, registrations
from ._settings import package, trace
from ._socket import wsgi_fake_socket

# A connection keeps in this attribute the registration whose factory has returned None
# for the next request, or for the one that it is to be dialled for.  So a factory is
# called once for each request.
_DECLINED = '_wsgi_intercept_declined'
# Where the standard library keeps whether a request has begun.  Where it does not say,
# it has not: the registration is looked up once more when it does.
_STATE, _IDLE = '_HTTPConnection__state', 'Idle'
# What stands in the first, and for a registration, where a user's get_app() returned
# None.
CHOSEN_NETWORK = (None, None)
# A connection whose class has a connect() that calls ours has this attribute: whether
# ours has left it to the real host.
_REAL_BELOW = '_wsgi_intercept_real_below'

HTTP_PORT = http_client.HTTP_PORT
# The arguments of http.client's putrequest().  To pass what may come takes longer.
PUTREQUEST = ('self', 'method', 'url', 'skip_host', 'skip_accept_encoding')
_new = object.__new__       # makes a fake socket without a call of its __init__()


def dial(connection, look_up=None, begins=False):
    """Connect to an application, if there is one for the connection's host and port.

    :param look_up: ``look_up(host, port)`` -> ``(application, registration)``, or
        ``None`` where the registrations decide, as mostly
    :param begins: whether a request begins, for which the connection may have a socket;
        else the client connects, for a request that has begun or for a later one
    :returns: whether it is connected: to an application, or as it should be
    """
    host, port = connection.host, connection.port
    if connection._tunnel_host:
        host, port = authority(connection)
    real = None
    if begins:
        old = connection.sock
        if type(old) is not wsgi_fake_socket or old._response is None:
            if serves(connection, old, host, port, look_up):
                return True
            if not isinstance(old, wsgi_fake_socket):
                real = old
    elif (getattr(connection, _DECLINED, None) is not None
            and has_declined(connection, _registry.find(host, port))):
        return False
    if look_up is not None:
        app, registration = look_up(host, port)
    else:
        try:
            if package._wsgi_intercept is registrations:    # nearly always
                registration = registrations[host, port]
            else:
                registration = _registry.look_up(host, port)
        except KeyError:
            app = registration = None
        else:
            try:
                app = registration[0]()
            except Exception:
                app = _registry.failed(registration)
    if app is None:
        if package.debuglevel:
            trace(1, 'not intercepted: %s:%s', host, port)
        if registration is not None:
            if (isinstance(connection.sock, wsgi_fake_socket) if begins else
                    getattr(connection, _STATE, _IDLE) == _IDLE):
                setattr(connection, _DECLINED, registration)
        return False
    connection.sock = sock = _new(wsgi_fake_socket)
    sock.app = app
    sock.owner = weak_ref(connection)
    sock.site = host, port, False, registration[1]
    try:
        sock.options = registration.options
    except AttributeError:      # users may put tuples there
        pass
    # One whose default is port 80 is taken for one without TLS: that takes less time.
    if connection.default_port != HTTP_PORT and is_https(connection):
        sock.https = True
        connection.is_verified = True   # urllib3 warns where nothing says this
    if not begins and getattr(connection, _STATE, _IDLE) == _IDLE:
        sock.wait(registration)
    elif real is not None:
        real.close()
    return True


def may_answer(connection):
    """Whether `dial` is to tell, for a pair that is not registered as it stands.

    Else nothing is registered, and the network is reached sooner.
    """
    return bool(
        package._wsgi_intercept is not registrations or package.debuglevel
        or connection._tunnel_host
        or registered(normalised((connection.host, connection.port)))
        or getattr(connection, _DECLINED, None) is not None)


def is_https(connection):
    """Whether a connection believes to speak TLS."""
    # The class of urllib3 2 is none of the standard library's.
    return (connection.default_port == http_client.HTTPS_PORT
            or isinstance(connection, STANDARD_HTTPS))


def leave_real_host(connection, look_up=None):
    """A request begins on a connection whose ``connect()`` is not ours alone.

    What was put around ours is to be called: it dials, where there is no real socket.
    """
    if not isinstance(connection.sock, wsgi_fake_socket):
        dial(connection, look_up, begins=True)


def authority(connection):
    """The host and port that a connection is for: behind a proxy, the tunnel's."""
    if connection._tunnel_host:
        return connection._tunnel_host, connection._tunnel_port
    return connection.host, connection.port


def refuse_if_blocked(connection):
    """The real host is dialled, or a request to it begins: is that allowed?

    :raises NetworkBlockedError: or what the client has for it, if it is not
    """
    host, port = authority(connection)
    _network.check(host, port, connection)


def has_declined(connection, registration):
    """Whether a factory has returned ``None`` for the request that begins."""
    # Not vars(): in CPython 3.11 it makes all of an object's attributes slower.
    declined = getattr(connection, _DECLINED, None)
    if declined is None:
        return False
    delattr(connection, _DECLINED)
    return declined in (registration, CHOSEN_NETWORK)


def serves(connection, sock, host, port, look_up):
    """Whether the socket of a connection is the one for the request that begins.

    A fake one is if it was dialled for what is registered now; or if it has a request,
    so that the client is to refuse another.  A real one is if there is no registration
    now, or one whose factory has returned ``None``.
    """
    if isinstance(sock, wsgi_fake_socket):
        if sock.is_being_asked():
            return True
        fresh = sock.is_current()
        if fresh:               # else it dials anew, should it stay
            sock.begin()
        return fresh
    registration = _registry.find(host, port)
    return (has_declined(connection, registration)
            or registration is None and look_up is None)


class Interception(object):
    """Mixin for connection classes: put it before the client's class."""

    def get_app(self, host, port):
        """The application for one request to `host` and `port`; override to choose.

        :returns: ``(application, script_name)``, or ``(None, None)`` for the network
        """
        return _registry.get_app(host, port)

    def connect(self):
        """Connect to the registered application, or else to the real host."""
        if not dial(self, self._look_up()):
            if _network.blocks:
                refuse_if_blocked(self)
            super(Interception, self).connect()

    def putrequest(self, *args, **kwargs):
        """Begin a request; it goes where the registrations of this moment say."""
        if self.sock is not None:
            if getattr(self.connect, '__func__', None) is _connect:
                dial(self, self._look_up(), begins=True)
            else:
                leave_real_host(self, self._look_up())
            if _network.blocks and not isinstance(self.sock, wsgi_fake_socket):
                refuse_if_blocked(self)
        return super(Interception, self).putrequest(*args, **kwargs)

    def _look_up(self):
        """What finds the application: ``None`` for the registrations, or `get_app`."""
        if getattr(self.get_app, '__func__', None) is vars(Interception)['get_app']:
            return None

        def look_up(host, port):
            app, script_name = self.get_app(host, port)
            if app is None:
                return None, CHOSEN_NETWORK
            return app, _registry.chosen(host, port, script_name)
        return look_up


_connect = vars(Interception)['connect']


class WSGI_HTTPConnection(Interception, http_client.HTTPConnection, object):
    """An :class:`http.client.HTTPConnection` that registered applications answer."""


class WSGI_HTTPSConnection(WSGI_HTTPConnection, http_client.HTTPSConnection, object):
    """An :class:`http.client.HTTPSConnection` that registered applications answer."""


_swaps = {}         # classes -> what intercepting() returns, our connect() of each


def intercepting(classes):
    """The swaps that make connection classes of a client intercept.

    A connection is intercepted where it comes to the ``connect()`` of one of these
    classes: one that does not has a transport of its own, and a client that is built on
    another's classes is intercepted if it is patched itself.

    :param classes: the client's classes that define ``connect()``
    :returns: swaps for :class:`wsgi_intercept._patch.Patch`, a tuple
    """
    classes = tuple(classes)
    if classes not in _swaps:
        roots = [cls for cls in classes
                 if not any(cls is not other and issubclass(cls, other)
                            for other in classes)]
        connects = [None] * len(classes)
        _swaps[classes] = tuple(
            [(cls, 'connect', _connect_maker(cls, classes, connects, index))
             for index, cls in enumerate(classes)]
            + [(cls, 'putrequest', _putrequest_maker(cls, classes, connects))
               for cls in roots]), connects
    return _swaps[classes][0]


def classes_of(module, classes):
    """The classes that a module defines, of those that have their names.

    A stand-in may have such a name for a while, of an instrument that records requests
    for example.  It stands for the class that it inherits from.

    :param module: its name
    :returns: a tuple, each once
    """
    found = []
    for cls in classes:
        bases = getmro(cls) if isinstance(cls, six.class_types) else ()
        found += [base for base in bases if base.__module__ == module][:1]
    return tuple(cls for index, cls in enumerate(found) if cls not in found[:index])


#: The connection classes of http.client, that for http first.
STANDARD = classes_of(http_client.__name__, (
    http_client.HTTPConnection, http_client.HTTPSConnection))
STANDARD_HTTPS = classes_of(http_client.__name__, (http_client.HTTPSConnection,))


def with_reloaded(module, classes, now):
    """The classes of a client, and those that it has now, if it was reloaded.

    :param classes: what `classes_of` gave when this library was imported
    :param now: what has the names now
    :returns: a tuple
    """
    if now == classes:
        return classes
    return classes + tuple(cls for cls in classes_of(module, now)
                           if cls not in classes) or now


def is_intercepted(cls):
    """Whether the ``connect()`` of a client's class is ours now."""
    connect = get_function(cls, 'connect')
    return any(connect in connects for _found, connects in _swaps.values())


def calls_ours(connection, cls, classes):
    """Whether a user's ``connect()`` has called ours of `cls`, to be connected.

    Not where it puts TLS on top by itself, which takes a real socket.

    :param classes: all whose ``connect()`` is ours
    """
    if (isinstance(connection, Interception)
            or defining_class(connection.__class__, 'connect') in classes):
        return False        # it was not intercepted where it came from: nor is it here
    return (cls.default_port == http_client.HTTPS_PORT) == is_https(connection)


def dial_below(connection):
    """`dial`, below a user's ``connect()``, which may put something on the socket."""
    dialled = dial(connection)
    setattr(connection, _REAL_BELOW, not dialled)
    return dialled


def _connect_maker(cls, classes, connects, index):
    def make(patch):
        original = get_function(cls, 'connect')

        def connect(self):
            if patch.active:
                if (self.__class__ is cls
                        or defining_class(self.__class__, 'connect') is cls):
                    if ((registered((self.host, self.port)) or may_answer(self))
                            and dial(self)):
                        return
                elif calls_ours(self, cls, classes) and dial_below(self):
                    return
            if _network.blocks:
                refuse_if_blocked(self)
            original(self)
        connects[index] = connect
        return connect
    return make


def _putrequest_maker(cls, classes, connects):
    def make(patch):
        original = (get_function if 'putrequest' in vars(cls) else inherited)(
            cls, 'putrequest')
        code = getattr(original, '__code__', None)
        if code is not None and code.co_varnames[:code.co_argcount] == PUTREQUEST:
            return before(original, patch)

        # Somebody else's, of an instrument for example: it gets what it is given.
        begin = before(lambda *args: None, patch)

        def putrequest(self, *args, **kwargs):
            begin(self, None, None)
            return original(self, *args, **kwargs)
        return putrequest

    def before(original, patch):
        """A method that looks up where the request is to go, and calls `original`."""
        def putrequest(self, method, url, skip_host=False, skip_accept_encoding=False):
            if self.sock is not None and patch.active:
                if getattr(self.connect, '__func__', None) in connects:
                    dial(self, begins=True)
                elif (getattr(self, _REAL_BELOW, False)
                        or defining_class(self.__class__, 'connect') in classes):
                    leave_real_host(self)
                if _network.blocks and not isinstance(self.sock, wsgi_fake_socket):
                    refuse_if_blocked(self)
            return original(self, method, url, skip_host, skip_accept_encoding)
        return putrequest
    return make
