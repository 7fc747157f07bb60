"""Which host and port pairs are answered by which application.

The mapping ``wsgi_intercept._wsgi_intercept`` holds, for each pair, the
registration that answers: ``(host, port) -> (app_create_fn, script_name)``.  Below
each lie the registrations that it covers, so that those of nested interceptors can
be taken away in any order.
"""

import re
import sys

import six

from ._compat import is_method, remembering
from ._errors import raise_app_error
from ._patch import lock
from ._settings import package

_FACTORY_RULE = (
    'app_create_fn must be a function that returns the WSGI application and takes '
    'no arguments, not %s; write a function around the application instead, such '
    'as lambda: app')


# What no host name has: delimiters (RFC 3986, section 2.2), spaces, control characters.
NO_HOST = r'[/?#@\x00-\x20\x7f]'


class Registrations(dict):
    """``(host, port) -> (app_create_fn, script_name)``; keys match as hosts do.

    Hosts are equal without regard to case, to the brackets of an IPv6 address, and to
    the dot at the end of a whole name (RFC 9110, section 4.2.3; RFC 3986, section
    3.2.2), ports as numbers.
    """

    def __contains__(self, key):
        return dict.__contains__(self, key) or dict.__contains__(self, normalised(key))

    def __missing__(self, key):
        same = normalised(key)
        if same == key:
            raise KeyError(key)
        return self[same]

    def __setitem__(self, key, registration):
        dict.__setitem__(self, normalised(key), registration)

    def __delitem__(self, key):
        dict.__delitem__(self, normalised(key))

    def get(self, key, default=None):
        return self[key] if key in self else default

    def pop(self, key, *default):
        return dict.pop(self, normalised(key), *default)

    def setdefault(self, key, default=None):
        return dict.setdefault(self, normalised(key), default)

    def update(self, *args, **kwargs):
        for key, registration in dict(*args, **kwargs).items():
            self[key] = registration


class Registration(tuple):
    """``(app_create_fn, script_name)`` of a pair, with its options."""

    #: :class:`~wsgi_intercept._options.Options`, or ``None``
    options = None


registrations = Registrations()
#: The registration of a key as it is registered, or ``None``: that of dict, in C.
registered = super(Registrations, registrations).get
_stacks = {}        # key -> [(token, registration), ...], the last one answers


@remembering(256)
def normalised(key):
    """The key under which the pair `key` is registered."""
    try:
        host, port = key
        return in_ascii(host.lower().strip('[]').rstrip('.')), int(port)
    except (AttributeError, TypeError, ValueError):
        return key


def in_ascii(host):
    """A host as clients send it: a name beyond ASCII in its IDNA form (RFC 5890)."""
    try:
        host.encode('ascii')
        return host
    except UnicodeError:
        return host.encode('idna').decode('ascii')


def checked_pair(host, port):
    """The key for `host` and `port`, or an error that says what is wrong with them.

    :raises TypeError: if `host` is no string
    :raises ValueError: if `host` is no host name, or `port` is no port number
    """
    if not isinstance(host, six.string_types):
        raise TypeError('host must be a string such as "example.com", not %r' % (host,))
    if not host or host.count(':') == 1 or re.search(NO_HOST, host):
        raise ValueError('host must be a host name such as "example.com", not %r; '
                         'an Interceptor takes a whole URL as url' % (host,))
    try:
        number = int(port)
        if isinstance(port, (float, bool)):
            raise ValueError
    except (TypeError, ValueError):
        raise ValueError('port must be a number such as 80, not %r' % (port,))
    if not 0 <= number <= 65535:
        raise ValueError('port must be between 0 and 65535, not %r' % (port,))
    return normalised((host, number))


def check_factory(app_create_fn):
    """Raise :exc:`TypeError` if `app_create_fn` cannot be an application factory."""
    if app_create_fn is None:
        raise TypeError('no application: ' + _FACTORY_RULE % (None,))
    if not callable(app_create_fn):
        raise TypeError(_FACTORY_RULE % ('%r' % (app_create_fn,)))
    function = app_create_fn
    if not hasattr(function, '__code__') and not isinstance(function, six.class_types):
        function = getattr(function, '__call__', None)
    function_code = getattr(getattr(function, '__func__', function), '__code__', None)
    if function_code is None:
        return          # a class, or not written in Python: seen when it is called
    if not function_code.co_argcount:
        return          # as nearly every one
    defaults = getattr(function, '__defaults__', None) or ()
    required = function_code.co_argcount - len(defaults) - is_method(function)
    if required > 0:
        raise TypeError(_FACTORY_RULE % (
            '%r, which takes %d arguments' % (app_create_fn, required)))


def check_script_name(script_name):
    """Raise :exc:`TypeError` if `script_name` is no string, nor ``None``."""
    if script_name is not None and not isinstance(script_name, six.string_types):
        raise TypeError('script_name must be a string such as "/prefix", not %r'
                        % (script_name,))


def add(host, port, app_create_fn, script_name='', token=None, options=None):
    """Register `app_create_fn` for `host` and `port`, above what is there.

    :param token: who registers: the same one replaces its earlier registration
    :param options: :class:`~wsgi_intercept._options.Options`, or ``None``
    :returns: the `Registration`
    :raises TypeError, ValueError: for wrong arguments
    """
    key = check(host, port, app_create_fn, script_name)
    registration = make_registration(app_create_fn, script_name, options)
    put(key, registration, token)
    return registration


def check(host, port, app_create_fn, script_name):
    """Check the arguments of `add`, and return the key for `host` and `port`."""
    check_factory(app_create_fn)
    check_script_name(script_name)
    return checked_pair(host, port)


def make_registration(app_create_fn, script_name, options):
    """A `Registration`; its arguments are checked."""
    registration = Registration((app_create_fn, script_name or ''))
    registration.options = options
    return registration


def put(key, registration, token):
    """As `add`, for a key and a registration."""
    with lock:
        mapping = _writable_mapping()
        below = []
        answers = _answers(mapping, key)
        if answers is not None:
            below = _stacks.get(key, ())
            if all(layer[1] is not answers for layer in below):
                below = [(None, answers)]       # the user has put it there, or put back
            below = [layer for layer in below if layer[0] is not token]
        _stacks[key] = below + [(token, registration)]
        mapping[key] = registration


def remove(host, port):
    """Remove all registrations of a pair, and return how many pairs are left."""
    key = normalised((host, port))
    with lock:
        mapping = _writable_mapping()
        if key in mapping:
            del mapping[key]
        _stacks.pop(key, None)
        return len(mapping)


def remove_all():
    """Remove all registrations, and return how many are left: 0."""
    with lock:
        mapping = _writable_mapping()
        mapping.clear()
        _stacks.clear()
        return len(mapping)


def discard(key, registration):
    """Remove a registration of a key, if it is there.

    When it answers, the one below it does so then.  May be called again after an
    interruption: what answers is changed first, and only then what lies in the stack.
    """
    with lock:
        left = [layer for layer in _stacks.get(key, ()) if layer[1] is not registration]
        mappings = (registrations,)
        if package._wsgi_intercept is not registrations:
            # Put in place since, and taken away later, maybe.
            mappings = (_writable_mapping(), registrations)
        for mapping in mappings:
            if _answers(mapping, key) is registration:
                if left:
                    mapping[key] = left[-1][1]
                else:
                    del mapping[key]
        if left:
            _stacks[key] = left
        else:
            _stacks.pop(key, None)


def find(host, port):
    """The registration of a pair, or ``None``.

    It has no ``options`` where a user has put it there, a tuple.
    """
    try:
        return look_up(host, port)
    except KeyError:
        return None


def look_up(host, port):
    """As `find`, but raises :exc:`KeyError` where nothing is registered."""
    mapping = package._wsgi_intercept
    if mapping is registrations:
        return mapping[host, port]
    for key in ((host, port), normalised((host, port))):
        if key in mapping:
            registration = mapping[key]
            if registration is not None:        # it need not raise KeyError
                return registration
    raise KeyError(host, port)


def failed(registration):
    """The application of a factory that has raised the exception that is being handled.

    :returns: an application that raises that exception, where errors are not to reach
        the client; ``None`` where there is no factory
    :raises WSGIAppError: elsewhere
    :raises TypeError: if the factory takes arguments
    """
    if registration is None:        # a user has put that there
        return None
    exc_info = sys.exc_info()
    try:
        if exc_info[0] is TypeError and exc_info[2].tb_next is None:
            raise TypeError(_FACTORY_RULE % ('%r' % (registration[0],)))
        options = getattr(registration, 'options', None)
        if options is None or options.raise_app_errors:
            raise_app_error()
        return raising(exc_info)
    finally:
        del exc_info


def raising(exc_info):
    """An application that raises an exception."""
    def application(environ, start_response):
        six.reraise(*exc_info)
    return application


def get_app(host, port):
    """Make the application for one request to `host` and `port`, as users do it.

    :returns: ``(application, script_name)``; ``(None, None)`` where the request is to
        go to the network
    :raises WSGIAppError: if the factory raises
    :raises TypeError: if it takes arguments
    """
    registration = find(host, port)
    if registration is None:
        return None, None
    try:
        application = registration[0]()
    except Exception:
        application = failed(registration)
    return (None, None) if application is None else (application, registration[1])


def chosen(host, port, script_name):
    """The registration of an application that a user's ``get_app()`` has chosen.

    The options are those of what is registered for the pair.
    """
    registration = Registration((None, script_name))
    registration.options = getattr(find(host, port), 'options', None)
    return registration


def look_up_nothing(host, port):
    """What is dialled by a connection that is no longer intercepted."""
    return None, None


def _answers(mapping, key):
    """What answers in a mapping as it stands there, or ``None``."""
    if mapping is registrations:
        return registered(key)
    return mapping[key] if key in mapping else None


def _writable_mapping():
    """The mapping that is looked in, if it can be written; else our own."""
    mapping = package._wsgi_intercept
    return mapping if hasattr(mapping, '__setitem__') else registrations
