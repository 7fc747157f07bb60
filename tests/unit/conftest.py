"""Fixtures of the unit tests."""

import sys

import pytest


@pytest.fixture
def missing(monkeypatch):
    """Has a client not be installed: ``missing(name)``."""
    def remove(client):
        for name in list(sys.modules):
            if name in (client, 'wsgi_intercept.%s_intercept' % client):
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, client, None)
    return remove
