"""Context managers that intercept one client for one application."""

import importlib
import re
import sys
import uuid

import six
from six.moves.urllib.parse import urlsplit

from . import _registry
from ._patch import Hold, lock

__all__ = ['HttpClientInterceptor', 'Httplib2Interceptor', 'Interceptor',
           'RequestsInterceptor', 'Urllib3Interceptor', 'UrllibInterceptor']

PACKAGE = __name__.rpartition('.')[0]
CLIENT_MODULES = ('http_client_intercept', 'httplib2_intercept', 'requests_intercept',
                  'urllib3_intercept', 'urllib_intercept')
DEFAULT_PORTS = {'http': 80, 'https': 443}

# authority = [ userinfo "@" ] host [ ":" port ]            RFC 3986, 3.2
_port = re.compile(r'(?::([^\]:@]*))?\Z')

_holds = {}     # modules of users -> Hold


class Interceptor(object):
    """Answers a host and port from an application, for the client that it patches.

    A context manager, which yields the URL of the application.  This class patches
    no client; it is the base of those that do.

    :param app: a function that returns the WSGI application, called for each request
    :param host: the host name; one is made up where neither this nor `url` is given
    :param port: the port, a number
    :param prefix: the path under which the application is mounted
    :param url: the URL of the application, in place of host, port and prefix
    :raises TypeError: if `app` is no such function
    :raises ValueError: if `url` has no scheme or host, or the port is no port
    """

    #: The name of the module that patches the client: of one in this package, or of
    #: any other, which has ``install()`` and ``uninstall()``.
    MODULE_NAME = None

    def __init__(self, app, host=None, port=80, prefix=None, url=None):
        _registry.check_factory(app)
        if not host and not url:
            url = getattr(self, 'url', None)    # a subclass may have set it
        self.app = app
        if url:
            self.host, self.port, self.script_name = parse_url(url)
            self.url = url
        else:
            # A name under .invalid never leads to a real host (RFC 2606).
            self.host = host or '%s.invalid' % uuid.uuid4()
            _registry.checked_pair(self.host, port)
            self.port = int(port)
            self.script_name = prefix or ''
            self.url = make_url(self.host, self.port, self.script_name)
        self._entries = []      # (token, patch) of each time that it is installed

    def install_intercept(self):
        """Patch the client, and register the application.

        :raises ImportError: if the client is not installed
        :raises RuntimeError: if the client would use a proxy of the environment
        """
        token, patch = entry = object(), self._patch()
        try:
            if patch is not None:
                patch.hold(token)
            _registry.add(self.host, self.port, self.app, self.script_name, token)
            self._entries.append(entry)
        except BaseException:       # KeyboardInterrupt as well
            self._leave(entry)
            raise

    def uninstall_intercept(self):
        """Undo :meth:`install_intercept`: its registration and its patch."""
        with lock:
            for entry in self._entries[-1:]:
                try:
                    self._leave(entry)
                except BaseException:       # interrupted: it is left all the same
                    self._leave(entry)
                    raise

    def _leave(self, entry):
        """Undo what was done for an entry, or what is left of it."""
        token, patch = entry
        _registry.discard(self.host, self.port, token)
        if patch is not None:
            patch.release(token)
        if entry in self._entries:
            self._entries.remove(entry)

    def uninstall_module(self):
        """Let go of the client, so that it is restored if nobody else needs it."""
        for token, patch in self._entries:
            if patch is not None:
                patch.release(token)

    def _patch(self):
        """What patches the client, or ``None``."""
        if self.MODULE_NAME is None:
            return None
        module = import_client_module(self.MODULE_NAME)
        if self.MODULE_NAME in CLIENT_MODULES:
            return module.patch
        if module not in _holds:
            _holds[module] = Hold(module.install, module.uninstall)
        return _holds[module]

    def __enter__(self):
        self.install_intercept()
        return self.url

    def __exit__(self, *exc_info):
        self.uninstall_intercept()


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


def import_client_module(name):
    """The client module `name` of this package, or the user's module of that name."""
    ours = '%s.%s' % (PACKAGE, name)
    # What is there is not imported again: until Python 3.9 that takes a lock, which a
    # process that is forked meanwhile would find taken.
    if hasattr(sys.modules.get(ours), 'uninstall'):
        return sys.modules[ours]
    return importlib.import_module(ours if name in CLIENT_MODULES else name)


def parse_url(url):
    """An URL -> host, port, path prefix.

    :raises ValueError: if it has no scheme, no host, or a bad port
    """
    if not isinstance(url, six.string_types):
        raise TypeError('url must be a string such as "http://example.com", not %r'
                        % (url,))
    try:
        parts = urlsplit(url)
    except ValueError:      # brackets that do not match
        parts = urlsplit('')
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError('url must have a scheme, http or https, and a host, as '
                         '"http://example.com/prefix" has; not %r' % (url,))
    # Not parts.port: what that does with a bad one depends on the Python.
    port = _port.search(parts.netloc).group(1) or DEFAULT_PORTS[parts.scheme]
    try:
        _registry.checked_pair(parts.hostname, port)
    except ValueError:
        raise ValueError('url must have a port from 0 to 65535, or none; not %r'
                         % (url,))
    return parts.hostname, int(port), parts.path.rstrip('/')


def make_url(host, port, prefix):
    """The URL of an application: https on port 443, else http."""
    scheme = 'https' if port == DEFAULT_PORTS['https'] else 'http'
    if ':' in host and not host.startswith('['):
        host = '[%s]' % host
    if port != DEFAULT_PORTS[scheme]:
        host = '%s:%d' % (host, port)
    if prefix and not prefix.startswith('/'):
        prefix = '/' + prefix
    return '%s://%s%s' % (scheme, host, prefix)
