"""The same application and request, intercepted and served on loopback: is it the same?

waitress and gunicorn are the measure: what they agree on, the interception does.
Where they differ, the case says whom it follows and why; cheroot is a third voice
then.  The cases are in server_cases.py.
"""

import contextlib
import errno
import gc
import io
import itertools
import json
import platform
import socket

import pytest

import wsgi_intercept
from wsgi_intercept._options import make_options

from . import servers
from .server_cases import CASES, WAIT, Own, shown

# Older Pythons have none of them, or an older gunicorn, which lets more pass.
pytest.importorskip('gunicorn', '27')
for name in 'waitress', 'cheroot':
    pytest.importorskip(name)

MEASURE = ('waitress', 'gunicorn')
NAMES = MEASURE + ('cheroot',)
PORT = 8081         # of the intercepted host: 127.0.0.1

#: Header fields that each server has its own of.
OWN_FIELDS = {'connection', 'content-length', 'date', 'keep-alive', 'server',
              'transfer-encoding', 'via'}

#: Keys of the environ that each server has its own of.
OWN_KEYS = {'ACTUAL_SERVER_PROTOCOL', 'REMOTE_HOST', 'REMOTE_PORT', 'SERVER_SOFTWARE',
            'gunicorn.socket', 'waitress.client_disconnected', 'wsgi.early_hints'}

#: What a server is not asked about, as it goes its own way in all cases.
SILENT = {('waitress', 'names'): 'it capitalizes and sorts them'}

#: The aspects of an outcome that are the response's.
RESPONSE = {'body', 'end', 'failed', 'fields', 'framing', 'interim', 'names', 'reason',
            'status', 'version'}

#: Applications that fail; and of them, those that break no rule.
FAILING = [case for case in CASES.values() if case.raises]
UNBROKEN = [case.name for case in FAILING if case.name.startswith('raise-')]

CLIENT_CASES = [case for case in CASES.values() if case.clients]

_asked = itertools.count(1)


@pytest.fixture(scope='session')
def ports():
    """The ports of the servers, by name."""
    running = [(name, servers.served(name)) for name in NAMES]
    started = []
    try:
        for name, server in running:
            started.append((server, name, server.__enter__()))
        yield dict((name, port) for _server, name, port in started)
    finally:
        for server, _name, _port in started:
            server.__exit__(None, None, None)


# A client that shows what was sent.

@contextlib.contextmanager
def hang_up_is_no_error():
    try:
        yield
    except socket.error as error:
        if error.errno not in (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN):
            raise


class Incoming(io.RawIOBase):
    """What comes from a socket, as a file."""

    def __init__(self, sock):
        self._sock = sock

    def readable(self):
        return True

    def readinto(self, buffer):
        data = b''
        with hang_up_is_no_error():
            data = self._sock.recv(len(buffer))
        buffer[:len(data)] = data
        return len(data)


class Response(object):
    """A response, as it came.

    :ivar lines: the header fields, a list of ``(name, value)``
    :ivar framing: ``none``, ``length``, ``chunked`` or ``close``
    :ivar end: ``complete``; ``cut short``; ``hang-up``: there was no response
    """

    def __init__(self, case):
        sent = b''.join(part for part in case.parts if part is not WAIT)
        self._method = sent.split(b' ')[0]
        self._whole = b'\r\nConnection: close\r\n' in sent
        self.interim = []
        self.version = self.status = self.reason = None
        self.lines = []
        self.framing = None
        self.body = b''
        self.end = 'hang-up'

    def read_head(self, incoming):
        line = incoming.readline()
        if line:
            self.version, self.status, self.reason = (
                line.decode('latin-1').rstrip('\r\n') + '  ').split(' ', 2)
            self.reason = self.reason.strip(' ')
            self.lines = []
            for line in iter(incoming.readline, b''):
                # gunicorn's pages have LF there, from Python 3.14 on, whose
                # textwrap.dedent() takes the CR for an indentation.
                if line in (b'\r\n', b'\n'):
                    return True
                name, _colon, value = line.decode('latin-1').partition(':')
                self.lines.append((name, value.strip(' \t\r\n')))
        return False

    def read(self, incoming):
        while self.read_head(incoming):
            if not self.status.startswith('1'):
                self.end = 'cut short'
                self.read_body(incoming)
                return
            self.interim.append(self.status)

    def read_body(self, incoming):
        fields = dict((name.lower(), value) for name, value in self.lines)
        if self._method == b'HEAD' or self.status in ('204', '304'):
            self.framing = 'none'
            self.end = 'complete'
        elif fields.get('transfer-encoding') == 'chunked':
            self.framing = 'chunked'
            size = -1
            while size and incoming.peek(1):
                size = int(incoming.readline(), 16)
                if size and not self.take(incoming, size) or not incoming.readline():
                    return
            self.end = 'cut short' if size else 'complete'
        elif 'content-length' in fields:
            self.framing = 'length'
            if self.take(incoming, int(fields['content-length'])):
                self.end = 'complete'
        else:
            self.framing = 'close'
            self.end = 'complete'
            self.take(incoming, 1 << 30)
        if self._whole and self.end == 'complete':
            self.take(incoming, 1 << 30)    # what comes after the end is none's

    def take(self, incoming, size):
        """Add `size` bytes to the body; whether there were so many."""
        while size:
            data = incoming.read1(min(size, 1 << 16))
            if not data:
                return False
            self.body += data
            size -= len(data)
        return True


def exchange(case, sock, response):
    """Send the request of a case over a socket, and read into a `Response`."""
    incoming = io.BufferedReader(Incoming(sock))
    with hang_up_is_no_error():
        for part in case.parts:
            if part is WAIT:
                if response.read_head(incoming):
                    response.interim.append(response.status)
                if not response.status.startswith('1'):
                    break
            elif part:
                sock.sendall(part)
        if case.cut:
            sock.shutdown(socket.SHUT_WR)
    response.read(incoming)


# What is compared.

def outcome(response, report):
    """The aspects of a response, and of what the application saw: a dict.

    ``called``: how often the application was; ``notes``: what it noted; its environ's
    keys; ``status``, ``reason``, ``version``; ``fields``: the header fields, in order
    of their names; ``names``: these, as they came; ``body``; ``framing``: whether there
    is a body; ``end``, ``interim``: see `Response`; ``failed``: whether the
    application's error shows.
    """
    aspects = saw(report)
    aspects['interim'] = response.interim
    aspects['end'] = response.end
    aspects['failed'] = response.end != 'complete'
    if response.end == 'hang-up':
        return aspects
    aspects['status'] = response.status
    aspects['reason'] = response.reason
    if response.status != (report['status'] or '')[:3]:     # a page of the server's own
        aspects['failed'] = True
        del aspects['end']
        return aspects
    aspects['version'] = response.version
    aspects['framing'] = response.framing != 'none'
    aspects['body'] = shown(response.body)
    aspects.update(field_aspects(response.lines, report))
    return aspects


def saw(report):
    """The aspects of what the application saw."""
    aspects = dict((key, tuple(value)) for key, value in report['environ'].items()
                   if key not in OWN_KEYS)
    for name, other in [('REQUEST_URI', 'RAW_URI'), ('RAW_URI', 'REQUEST_URI')]:
        if other in aspects:    # two names for the same
            aspects.setdefault(name, aspects[other])
    aspects['called'] = report['called']
    aspects['notes'] = report['notes']
    return aspects


def field_aspects(fields, report):
    own = OWN_FIELDS - set(report['names'])
    fields = [[name, value] for name, value in fields if name.lower() not in own]
    return {'names': [name for name, _value in fields],
            'fields': sorted(([name.lower(), value] for name, value in fields),
                             key=lambda field: field[0])}


def located(aspects, port):
    """`aspects` with PORT for the `port`."""
    for key in ('SERVER_PORT', 'HTTP_HOST'):
        if key in aspects:
            kind, value = aspects[key]
            aspects[key] = kind, value.replace(str(port), 'PORT')
    return aspects


def served(case, port):
    """The outcome of a case at a server."""
    servers.prepare(port, case.name)
    sock = socket.create_connection(('127.0.0.1', port), 5)
    response = Response(case)
    try:
        exchange(case, sock, response)
    finally:
        sock.close()
    return located(outcome(response, servers.fetch_report(port)), port)


def intercepted(case, **options):
    """The outcome of a case by the interception."""
    recorder = servers.Recorder()
    recorder.begin(case.name)
    sock = wsgi_intercept.wsgi_fake_socket(recorder, '127.0.0.1', PORT, '')
    sock.options = make_options(**options)
    response = Response(case)
    raised = None
    try:
        exchange(case, sock, response)
    except (wsgi_intercept.WSGIAppError, TypeError) as error:
        raised = type(error).__name__
    aspects = outcome(response, json.loads(json.dumps(recorder.report)))
    return located(aspects, PORT), raised


def served_to_client(case, port, driver_class):
    """The outcome of a case at a server, for a client."""
    servers.prepare(port, case.name)
    aspects = ask(case, port, driver_class)
    report = servers.fetch_report(port)
    return located(told(aspects, report), port)


def intercepted_to_client(case, driver_class):
    """The outcome of a case by the interception, for a client."""
    recorder = servers.Recorder()
    recorder.begin(case.name)
    with driver_class.interceptor(lambda: recorder, url='http://127.0.0.1:%d' % PORT):
        aspects = ask(case, PORT, driver_class)
    report = json.loads(json.dumps(recorder.report))
    return located(told(aspects, report), PORT)


def ask(case, port, driver_class):
    """What a client answers, or the class of its error: a dict."""
    body = case.body
    if body is not None and not isinstance(body, bytes):
        body = iter(body)
    driver = driver_class()
    try:
        answer = driver.request(
            case.method, 'http://127.0.0.1:%d%s' % (port, case.target), body,
            dict(case.headers))
    except Exception as error:
        return {'error': type(error).__name__}
    finally:
        driver.close()
        # urllib3 2 closes the connections of a pool when that is collected, which
        # PyPy does at some time; waitress serves no more than 100.
        if platform.python_implementation() != 'CPython' and not next(_asked) % 50:
            gc.collect()
    return dict(answer._asdict(), error=None)


def told(aspects, report):
    """The aspects of a client's answer, and of what the application saw.

    Of the header fields without their ``names``: not every client tells these.
    """
    if 'status' in aspects:
        headers = aspects.pop('headers')
        aspects['body'] = shown(aspects['body'])
        aspects['status'] = str(aspects['status'])
        if aspects['status'] == (report['status'] or '')[:3]:
            aspects['fields'] = field_aspects(headers, report)['fields']
        else:
            del aspects['body']     # a page of the server's own
    aspects.update(saw(report))
    return aspects


# The comparison.

class Comparison(object):
    """Finds in what the interception is not as it should be in a case.

    :param case: the case, which says whom to follow where the servers differ
    :param hear: a function of a server's name that gives its outcome
    :param ours: the outcome of the interception
    """

    def __init__(self, case, hear, ours):
        self._case = case
        self._hear = hear
        self._heard = {}
        self._ours = ours
        self._problems = {}

    def problems(self):
        """Compare all the aspects; say in which ours is wrong, in lines."""
        follows = self._case.follows
        if '*' in follows:
            self._follow_all(*follows['*'])
        else:
            for aspect in self._aspects(self._ours, *map(self._of, MEASURE)):
                self._follow_both(aspect)
        for aspect in follows:
            if any(aspect in heard for heard in [self._ours] + list(map(self._of,
                                                                        MEASURE))):
                self._follow(aspect, *follows[aspect])
        # Where these are wrong, the rest follows from it.
        first = [aspect for aspect in ('called', 'status') if aspect in self._problems]
        return '\n'.join('%s: %s' % (aspect, self._problems[aspect])
                         for aspect in first or sorted(self._problems))

    def _of(self, name):
        """The outcome at a server."""
        if name not in self._heard:
            self._heard[name] = self._hear(name)
        return self._heard[name]

    def _aspects(self, *outcomes):
        """Those of `outcomes` about which the case says nothing."""
        return sorted(set().union(*outcomes) - set(self._case.follows) - self._unseen())

    def _unseen(self):
        """What is not seen of the response when an error is raised in its place."""
        if self._case.raises and self._ours['end'] == 'hang-up':
            return RESPONSE - set(['failed'])
        return set()

    def _follow_both(self, aspect):
        """Neither server is contradicted, and they agree."""
        said = [(name, self._of(name).get(aspect)) for name in MEASURE
                if (name, aspect) not in SILENT]
        if any(value != said[0][1] for _name, value in said):
            self._problems[aspect] = 'the case does not say whom to follow: %s' % (
                ', '.join('%s: %r' % (name, self._of(name).get(aspect))
                          for name in NAMES))
        else:
            self._expect(aspect, said[0][1], 'both servers')

    def _follow(self, aspect, whom, why):
        if aspect == '*':
            return
        if isinstance(whom, Own):
            self._expect(aspect, whom.value, why)
            return
        for name in whom.split('+'):
            self._expect(aspect, self._of(name).get(aspect), '%s: %s' % (name, why))

    def _follow_all(self, whom, why):
        if isinstance(whom, Own):
            for aspect in self._aspects(whom.value):
                self._expect(aspect, whom.value[aspect], why)
            return
        first = whom.split('+')[0]
        for aspect in self._aspects(self._ours, self._of(first)):
            if (first, aspect) not in SILENT:
                self._expect(aspect, self._of(first).get(aspect),
                             '%s: %s' % (first, why))
        for name in whom.split('+')[1:]:
            for aspect in 'status', 'called':
                self._expect(aspect, self._of(name).get(aspect), '%s: %s' % (name, why))

    def _expect(self, aspect, value, why):
        if self._ours.get(aspect) != value:
            self._problems[aspect] = '%r, should be %r (%s)' % (
                self._ours.get(aspect), value, why)


# The tests.

def check(case, hear, ours):
    problems = Comparison(case, hear, ours).problems()
    if problems:
        pytest.fail(problems, pytrace=False)


@pytest.mark.parametrize('case', CASES.values(), ids=CASES.keys())
def test_raw(case, ports):
    ours, raised = intercepted(case)
    assert raised == case.raises
    check(case, lambda name: served(case, ports[name]), ours)


@pytest.mark.parametrize('case', CLIENT_CASES, ids=[case.name for case in CLIENT_CASES])
def test_client(case, ports, driver_class):
    if case.body is not None and not isinstance(case.body, bytes):
        if not driver_class.chunks:
            pytest.skip('this client has no chunked bodies on this Python')
    ours = intercepted_to_client(case, driver_class)
    check(case, lambda name: served_to_client(case, ports[name], driver_class), ours)


@pytest.mark.parametrize('case', FAILING, ids=[case.name for case in FAILING])
def test_errors_answered_as_by_a_server(case, ports):
    ours, raised = intercepted(case, raise_app_errors=False,
                               environ={'wsgi.errors': io.StringIO()})
    assert raised is None
    told = gist(ours)
    theirs = [gist(served(case, ports[name])) for name in MEASURE]
    if told['status'] == '500' and case.name not in UNBROKEN:
        # Servers let some errors pass; here each breach of PEP 3333 is one.
        assert (told['called'], ours.get('end')) == (1, None)
    else:
        assert told in theirs


def gist(aspects):
    """What a client gets, and the application sees."""
    return dict((name, aspects.get(name))
                for name in ('status', 'end', 'body', 'called', 'notes'))


def test_whom_to_follow_is_said_with_a_reason():
    for case in CASES.values():
        for whom, why in case.follows.values():
            assert isinstance(whom, Own) or set(whom.split('+')) <= set(NAMES)
            assert len(why) > 10
