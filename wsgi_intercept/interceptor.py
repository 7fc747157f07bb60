"""Context managers that intercept clients for one application."""

import re

import six
from six.moves.urllib.parse import urlsplit

# The connection is for the clients' modules.  These are imported when their client is
# first intercepted: among threads maybe, or where a test has patched sys.modules.
from . import _connection, _registry     # noqa: F401
from ._compat import remembering
from ._calls import Calls, check_max_calls
from ._clients import all_patches, import_client_module
from ._options import make_options
from ._patch import Hold, Holder, Patch

__all__ = ['AllClientsInterceptor', 'HttpClientInterceptor', 'Httplib2Interceptor',
           'Interceptor', 'RequestsInterceptor', 'Urllib3Interceptor',
           'UrllibInterceptor']

DEFAULT_PORTS = {'http': 80, 'https': 443}

# authority = [ userinfo "@" ] host [ ":" port ]            RFC 3986, 3.2
PORT = r'(?::([^\]:@]*))?\Z'

_holds = {}     # modules of users -> Hold


class Interceptor(Holder):
    """Answers a host and port from an application, for the client that it patches.

    A context manager, which yields the URL of the application, and a decorator of
    functions and test methods.  This class patches no client; it is the base of those
    that do.

    :param app: a function that returns the WSGI application, called for each request
    :param host: the host name; one is made up where neither this nor `url` is given
    :param port: the port, a number
    :param prefix: the path under which the application is mounted
    :param url: the URL of the application, in place of host, port and prefix
    :param environ: a mapping that is merged into each environ
    :param raise_app_errors: whether errors of the application reach the client; else it
        gets a 500, as from a production server, and ``wsgi.errors`` the traceback
    :param scheme: ``'http'`` or ``'https'``, for the URL that is made of host, port and
        prefix; by default https on port 443, else http
    :param max_calls: how many calls are recorded, the last ones; ``None`` for all.
        What is recorded keeps its request's body.
    :raises TypeError: if `app` is no such function, `environ` no such mapping, or
        `max_calls` no number
    :raises ValueError: if `url` has no scheme or host, the port is no port, or the
        scheme is another one, or given beside `url`
    """

    #: The name of the module that patches the client: of one in this package, or of
    #: any other, which has ``install()`` and ``uninstall()``.
    MODULE_NAME = None

    def __init__(self, app, host=None, port=80, prefix=None, url=None, environ=None,
                 raise_app_errors=True, scheme=None, max_calls=100):
        Holder.__init__(self)
        _registry.check_factory(app)
        if not host and not url:
            url = getattr(self, 'url', None)    # a subclass may have set it
        check_scheme(scheme, url)
        check_max_calls(max_calls, 'max_calls')
        # What was asked and answered.
        self.calls = Calls(max_calls)
        self._options = make_options(environ, raise_app_errors,
                                     None if max_calls == 0 else self.calls)
        self.app = app
        if url:
            self.host, self.port, self.script_name = parse_url(url)
            self.url = url
        else:
            self.host = host or make_host()
            _registry.checked_pair(self.host, port)
            self.port = int(port)
            self.script_name = prefix or ''
            _registry.check_script_name(self.script_name)
            self.url = make_url(self.host, self.port, self.script_name, scheme)
        self._checked = self.app, self.host, self.port, self.script_name
        self._registered = {}   # token -> the key, and what is registered for it

    def install_intercept(self):
        """Patch the client, and register the application.

        :raises ImportError: if the client is not installed
        :raises RuntimeError: if the client would use a proxy of the environment
        """
        self._enter(self._patches())

    #: Undo :meth:`install_intercept`: its registration and its patches.
    uninstall_intercept = Holder._exit

    def uninstall_module(self):
        """Let go of the client, so that it is restored if nobody else needs it."""
        for token, patches in self._entries:
            for patch in patches:
                patch.release(token)

    def _begin(self, token):
        app, host, port, script_name = (
            self.app, self.host, self.port, self.script_name)
        checked = self._checked     # a test enters often, and changes these rarely
        if (app is checked[0] and host is checked[1] and port is checked[2]
                and script_name is checked[3]):
            key = _registry.normalised((host, port))
        else:               # changed since
            key = _registry.check(host, port, app, script_name)
        registration = _registry.make_registration(app, script_name, self._options)
        self._registered[token] = key, registration
        _registry.put(key, registration, token)

    def _end(self, token):
        if token in self._registered:
            _registry.discard(*self._registered[token])
            self._registered.pop(token, None)

    def _patches(self):
        """What patches the client."""
        if self.MODULE_NAME is None:
            return []
        module = import_client_module(self.MODULE_NAME)
        if isinstance(getattr(module, 'patch', None), Patch):   # it is one of ours
            return [module.patch]
        if module not in _holds:
            _holds[module] = Hold(module.install, module.uninstall)
        return [_holds[module]]

    def __enter__(self):
        self.install_intercept()
        return self.url

    def __exit__(self, *exc_info):
        self.uninstall_intercept()

    def __call__(self, function=None, url_argument=None):
        """Decorate a function, or a test method: intercept while it runs.

        ``@interceptor``, or ``@interceptor(url_argument='url')``.

        :param url_argument: the name of the argument that the URL is passed as; callers
            do not pass it
        :raises TypeError: for a class, a coroutine function or a generator function,
            and if there is no such argument
        """
        if function is None:
            return lambda function: self(function, url_argument)
        from ._decorator import decorated       # few need it

        return decorated(function, self, url_argument)


class HttpClientInterceptor(Interceptor):
    """Intercepts :mod:`http.client` (Python 2: ``httplib``)."""

    MODULE_NAME = 'http_client_intercept'


class UrllibInterceptor(Interceptor):
    """Intercepts :mod:`urllib.request` (Python 2: ``urllib2``)."""

    MODULE_NAME = 'urllib_intercept'


class Httplib2Interceptor(Interceptor):
    """Intercepts httplib2."""

    MODULE_NAME = 'httplib2_intercept'


class RequestsInterceptor(Interceptor):
    """Intercepts requests."""

    MODULE_NAME = 'requests_intercept'


class Urllib3Interceptor(Interceptor):
    """Intercepts urllib3."""

    MODULE_NAME = 'urllib3_intercept'


class AllClientsInterceptor(Interceptor):
    """Intercepts all of these clients that are installed.

    Those that are not imported yet are imported.
    """

    def _patches(self):
        return all_patches()


def make_host():
    """A new name; one under .invalid never leads to a real host (RFC 2606)."""
    import uuid                 # it takes long, and a host or a URL spares it

    return '%s.invalid' % uuid.uuid4()


def check_scheme(scheme, url):
    """Raise :exc:`ValueError` for a wrong scheme, or one beside a URL."""
    if scheme is None:
        return
    if scheme not in tuple(DEFAULT_PORTS):      # it may be anything
        raise ValueError("scheme must be 'http' or 'https', not %r" % (scheme,))
    if url:
        raise ValueError('url has a scheme of its own: write it there, not scheme=%r '
                         'beside url=%r' % (scheme, url))


def parse_url(url):
    """A URL -> host, port, path prefix.

    :raises ValueError: if it has no scheme, no host, or a bad port
    """
    if not isinstance(url, six.string_types):
        raise TypeError('url must be a string such as "http://example.com", not %r'
                        % (url,))
    return _parse_url(url)


@remembering(256)
def _parse_url(url):
    try:
        parts = urlsplit(url)
    except ValueError:      # brackets that do not match
        parts = urlsplit('')
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError('url must have a scheme, http or https, and a host, as '
                         '"http://example.com/prefix" has; not %r' % (url,))
    # Not parts.port: what that does with a bad one depends on the Python.
    port = re.search(PORT, parts.netloc).group(1) or DEFAULT_PORTS[parts.scheme]
    try:
        _registry.checked_pair(parts.hostname, DEFAULT_PORTS[parts.scheme])
    except ValueError:
        raise ValueError('url must have a host name such as "example.com"; not %r'
                         % (url,))
    try:
        _registry.checked_pair(parts.hostname, port)
    except ValueError:
        raise ValueError('url must have a port from 0 to 65535, or none; not %r'
                         % (url,))
    return parts.hostname, int(port), parts.path.rstrip('/')


def make_url(host, port, prefix, scheme=None):
    """The URL of an application: by default https on port 443, else http."""
    if scheme is None:
        scheme = 'https' if port == DEFAULT_PORTS['https'] else 'http'
    if ':' in host and not host.startswith('['):
        host = '[%s]' % host
    if port != DEFAULT_PORTS[scheme]:
        host = '%s:%d' % (host, port)
    if prefix and not prefix.startswith('/'):
        prefix = '/' + prefix
    return '%s://%s%s' % (scheme, host, prefix)
