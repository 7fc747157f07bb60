"""Patches that are held by tokens and restored exactly."""

import os

from six.moves import _thread

try:
    RLock = _thread.RLock           # that of threading, which takes long to import
except AttributeError:
    from threading import RLock     # Python 2 has it there only

_MISSING = object()
# A replacement has this attribute: the patch that it is of, itself (what wraps it may
# have all its attributes), and what it replaces.
_REPLACES = '_wsgi_intercept_replaces'

#: The one lock: whatever changes patches or registrations holds it, shortly.
lock = RLock()

if hasattr(os, 'register_at_fork'):     # from Python 3.7 on
    # A child has the state between two changes, and the lock to itself.
    os.register_at_fork(before=lock.acquire, after_in_parent=lock.release,
                        after_in_child=lock.release)


def require_no_proxy():
    """Raise :exc:`RuntimeError` if the environment sends requests to a proxy."""
    for name in ('http_proxy', 'https_proxy'):
        if os.environ.get(name) or os.environ.get(name.upper()):
            raise RuntimeError(
                'http_proxy or https_proxy set in environment, please unset')


class Hold(object):
    """Something that is in force while at least one token holds it.

    An interruption at any point leaves it in force or not: what was half done is
    undone, or done by the next call.

    :param apply: called at the first hold; when it raises, nothing is held
    :param restore: called at the last release; may be called again
    :param check: called at each hold, before anything else; raises to refuse it
    """

    def __init__(self, apply, restore, check=None):
        self._apply = apply
        self._restore = restore
        self._check = check
        self._tokens = set()
        #: Whether any token holds it.
        self.active = False

    def hold(self, token):
        """Put it in force, for `token`; once more for the same token is nothing."""
        if self._check is not None:
            self._check()
        with lock:
            self._restore_if_free()     # if that was interrupted
            held = token in self._tokens
            try:
                if not self.active:
                    self._apply()
                    self.active = True
                self._tokens.add(token)
            except BaseException:       # KeyboardInterrupt as well
                if not held:
                    self._tokens.discard(token)
                self._restore_if_free()
                raise

    def release(self, token):
        """Let go of what `token` holds, if it holds anything."""
        with lock:
            self._tokens.discard(token)
            self._restore_if_free()

    def _restore_if_free(self):
        if self.active and not self._tokens:
            self._restore()
            self.active = False


class Patch(Hold):
    """Attributes that are swapped while held.

    At the last release each attribute gets back the very object that was there
    before, unless somebody else has put another in its place meanwhile.

    :param find_swaps: called at the first hold; returns some of ``(owner, name,
        make)``, where ``make(patch)`` returns the replacement.  ``owner`` is a
        class or a module.
    :param check: called at each hold, before anything else; raises to refuse it
    """

    def __init__(self, find_swaps, check=None):
        Hold.__init__(self, self._swap, self._swap_back, check)
        self._find_swaps = find_swaps
        self._swapped = []      # (owner, name, original, replacement)
        self._made = {}         # (owner, make) -> such a swap, of methods

    def _swap(self):
        try:
            for owner, name, make in self._find_swaps():
                found = vars(owner).get(name, _MISSING)
                swap = self._made.get((owner, make))
                if swap is None or swap[2] is not found:
                    original = self._original(found)
                    if original is not found:
                        put(owner, name, original)      # make() looks at what is there
                    if swap is None or swap[2] is not original:
                        swap = self._make_swap(owner, name, make, original)
                self._swapped.append(swap)
                setattr(owner, name, swap[3])
            self.active = True          # here, or an interruption may come before
        except BaseException:           # KeyboardInterrupt as well
            self._swap_back()
            self.active = False
            raise

    def _original(self, found):
        """What is replaced: `found`, or where that is a replacement of ours, its own.

        Others who take off their own patches late put ours back that was below.
        """
        patch, replacement, original = getattr(found, '__dict__', {}).get(
            _REPLACES, (None, None, None))
        return original if patch is self and replacement is found else found

    def _make_swap(self, owner, name, make, original):
        """A swap with what `make` returns; a method is made once for what it replaces.

        :returns: ``(owner, name, original, replacement)``
        """
        swap = (owner, name, original, make(self))
        if hasattr(owner, '__bases__'):     # in a module, what is there has a state
            setattr(swap[3], _REPLACES, (self, swap[3], original))
            self._made[owner, make] = swap
        return swap

    def _swap_back(self):
        for owner, name, original, replacement in reversed(self._swapped):
            if vars(owner).get(name) is replacement:
                put(owner, name, original)
        del self._swapped[:]        # not before: this may be called again


def put(owner, name, value):
    """Give `owner` the attribute as it was."""
    if value is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, value)


class Holder(object):
    """What holds patches each time that it is entered.

    An interruption on the way in leaves nothing held; one on the way out, once that has
    begun, does not keep anything from being let go of.
    """

    def __init__(self):
        self._entries = []      # (token, patches) of each time that it is entered

    def _begin(self, token):
        """What is done beside holding the patches: nothing here."""

    def _end(self, token):
        """Undo :meth:`_begin`, or what is left of it; may be called again."""

    def _enter(self, patches):
        """Hold `patches`, once more if they are held."""
        token, patches = entry = object(), patches
        try:
            for patch in patches:
                patch.hold(token)
            self._begin(token)
            self._entries.append(entry)
        except BaseException:       # KeyboardInterrupt as well
            self._leave(entry)
            raise

    def _exit(self):
        """Undo what was done when it was entered last; nothing if it is not."""
        with lock:
            for entry in self._entries[-1:]:
                try:
                    self._leave(entry)
                except BaseException:       # interrupted: it is left all the same
                    self._leave(entry)
                    raise

    def _leave(self, entry):
        """Undo what was done for an entry, or what is left of it."""
        token, patches = entry
        self._end(token)
        for patch in patches:
            patch.release(token)
        if entry in self._entries:
            self._entries.remove(entry)
