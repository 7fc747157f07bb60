"""Patches that are held by tokens and restored exactly."""

import os
import threading

_MISSING = object()


def require_no_proxy():
    """Raise :exc:`RuntimeError` if the environment sends requests to a proxy."""
    for name in ('http_proxy', 'https_proxy'):
        if os.environ.get(name) or os.environ.get(name.upper()):
            raise RuntimeError(
                'http_proxy or https_proxy set in environment, please unset')


class Hold(object):
    """Something that is in force while at least one token holds it.

    :param apply: called at the first hold; when it raises, nothing is held
    :param restore: called at the last release
    """

    def __init__(self, apply, restore):
        self._apply = apply
        self._restore = restore
        self._tokens = set()
        self._lock = threading.RLock()
        #: Whether any token holds it.
        self.active = False

    def hold(self, token):
        """Put it in force, for `token`; once more for the same token is nothing."""
        with self._lock:
            if not self._tokens:
                self._apply()
                self.active = True
            self._tokens.add(token)

    def release(self, token):
        """Let go of what `token` holds, if it holds anything."""
        with self._lock:
            if token in self._tokens:
                self._tokens.discard(token)
                if not self._tokens:
                    self.active = False
                    self._restore()


class Patch(Hold):
    """Attributes that are swapped while held.

    At the last release each attribute gets back the very object that was there
    before, unless somebody else has put another in its place meanwhile.

    :param check: called at each hold, before anything else; raises to refuse it
    :param find_swaps: called at the first hold; returns a list of ``(owner, name,
        make)``, where ``make(patch)`` returns the replacement.  ``owner`` is a
        class or a module.
    """

    def __init__(self, find_swaps, check=None):
        Hold.__init__(self, self._swap, self._swap_back)
        self._find_swaps = find_swaps
        self._check = check
        self._swapped = []

    def hold(self, token):
        if self._check is not None:
            self._check()
        Hold.hold(self, token)

    def _swap(self):
        swapped = []
        for owner, name, make in self._find_swaps():
            original = vars(owner).get(name, _MISSING)
            swapped.append((owner, name, original, make(self)))
        for owner, name, _original, replacement in swapped:
            setattr(owner, name, replacement)
        self._swapped = swapped

    def _swap_back(self):
        swapped, self._swapped = self._swapped, []
        for owner, name, original, replacement in reversed(swapped):
            if vars(owner).get(name) is not replacement:
                continue
            if original is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
