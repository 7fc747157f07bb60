"""``python -m wsgi_intercept``."""

import os
import platform
import subprocess
import sys

import pytest
import requests
import six

from wsgi_intercept import __main__ as main
from wsgi_intercept import __version__, interceptor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLIENTS = ['http.client', 'urllib.request', 'httplib2', 'requests', 'urllib3']
NO_PROXY = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in NO_PROXY:
        monkeypatch.delenv(name, raising=False)


def rows(text):
    """The first word of each line, and the line."""
    return dict((line.split()[0], line) for line in text.splitlines() if line)


def test_all_is_well(capsys):
    assert main.main() == 0
    out, err = capsys.readouterr()
    assert err == ''
    told = rows(out)
    for name in CLIENTS:
        assert told[name].split()[2:] == (
            ['ok', 'ok', 'ok', '-' if name == 'httplib2' else 'ok'])
    assert told['requests'].split()[1] == requests.__version__
    assert told['http.client'].split()[1] == platform.python_version()


def test_what_a_bug_report_needs(capsys):
    main.main()
    told = rows(capsys.readouterr()[0])
    assert __version__ in told['wsgi_intercept']
    assert six.__version__ in told['six']
    assert platform.python_version() in told['Python']
    assert platform.platform() in told['platform']


def test_a_client_that_fails(monkeypatch, capsys):
    def fail(method, url, body, size):
        raise ZeroDivisionError('of the client')
    monkeypatch.setattr(main, 'CLIENTS', [
        ('failing', None, interceptor.HttpClientInterceptor, fail)])
    assert main.main() == 1
    assert 'ZeroDivisionError: of the client' in rows(capsys.readouterr()[0])['failing']


def test_a_client_that_gets_something_else(monkeypatch, capsys):
    monkeypatch.setattr(main, 'CLIENTS', [
        ('lying', None, interceptor.HttpClientInterceptor, lambda *args: b'lies')])
    assert main.main() == 1
    assert repr(b'lies') in rows(capsys.readouterr()[0])['lying']


def test_a_client_that_is_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(main, 'CLIENTS', [
        ('absent', 'no_such_client', interceptor.HttpClientInterceptor, None)])
    assert main.main() == 0
    assert 'not installed' in rows(capsys.readouterr()[0])['absent']


def test_a_proxy_is_told(monkeypatch, capsys):
    monkeypatch.setenv('http_proxy', 'http://proxy.example:3128')
    assert main.main() == 1
    told = rows(capsys.readouterr()[0])
    assert 'please unset' in told['requests']
    assert 'please unset' not in told['http.client']


def test_the_command():
    process = subprocess.Popen(
        [sys.executable, '-m', 'wsgi_intercept'], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True)
    out, _err = process.communicate()
    assert process.returncode == 0
    assert set(CLIENTS) <= set(rows(out))
