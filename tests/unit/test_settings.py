"""The settings that users rebind on the package."""

import io
import sys

import pytest
import six

import wsgi_intercept
from wsgi_intercept import _settings


def test_the_package_is_the_package():
    assert _settings.package is wsgi_intercept


@pytest.mark.parametrize('debuglevel, level, traced', [
    (0, 1, False), (0, 2, False), (1, 1, True), (1, 2, False), (2, 1, True),
    (2, 2, True)])
def test_trace_goes_by_the_level(monkeypatch, capsys, debuglevel, level, traced):
    monkeypatch.setattr(wsgi_intercept, 'debuglevel', debuglevel)
    _settings.trace(level, 'to %s:%d', 'host', 80)
    out, err = capsys.readouterr()
    assert out == ''
    assert err == ('wsgi_intercept: to host:80\n' if traced else '')


def test_trace_goes_to_the_stderr_of_the_moment(monkeypatch):
    stderr = io.BytesIO() if six.PY2 else io.StringIO()
    monkeypatch.setattr(wsgi_intercept, 'debuglevel', 1)
    monkeypatch.setattr(sys, 'stderr', stderr)
    _settings.trace(1, 'told')
    assert 'told' in stderr.getvalue()


def test_nothing_is_formatted_when_tracing_is_off():
    class Unprintable(object):
        def __str__(self):
            raise AssertionError('printed')
    _settings.trace(1, '%s', Unprintable())
    assert wsgi_intercept.debuglevel == 0
