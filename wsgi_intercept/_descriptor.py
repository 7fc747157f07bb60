"""A descriptor that polls as readable: what a server's hang-up looks like."""

import os

from ._patch import lock

try:
    # That of socket makes objects of socket.socket, which tests replace so that nothing
    # reaches the network.
    from _socket import socketpair
except ImportError:         # Windows
    from socket import socketpair

__all__ = ['hung_up_fileno', 'make_hung_up_fileno']

_hung_up = []               # the descriptor of hung_up_fileno()


def hung_up_fileno():
    """One that serves the whole process; it is made at first use and stays."""
    if not _hung_up:
        with lock:
            if not _hung_up:
                _hung_up.append(make_hung_up_fileno())
    return _hung_up[0]


def make_hung_up_fileno():
    """A new one, for the caller to close."""
    ours, theirs = socketpair()
    theirs.close()
    # A plain descriptor: a socket object would warn when the process ends.
    if hasattr(ours, 'detach'):
        return ours.detach()
    try:
        return os.dup(ours.fileno())        # Python 2
    finally:
        ours.close()
