"""Costs that are the same in every run: Python calls and executed bytecodes.

What a target costs over FLOOR+APP is what it executes in functions that FLOOR+APP
does not need (its own, those of the standard library that it calls, the application
factory), less what FLOOR+APP's fake socket executes itself.
"""

import gc
import os
import sys

from . import floor

WARM_UP = 3         # requests before the counted one: caches fill


def count(function):
    """What is executed: ``{(file name, function name): (calls, bytecodes)}``.

    Python 2 and 3.6 do not tell bytecodes; they count 0 there.
    """
    for _ in range(WARM_UP):
        function()
    counts = {}

    def add(code, calls, bytecodes):
        key = code.co_filename, code.co_name
        before = counts.get(key, (0, 0))
        counts[key] = before[0] + calls, before[1] + bytecodes

    # What is collected meanwhile is not the request's.
    gc.collect()
    gc.disable()
    try:
        # Python 3.13 tells a trace function of few bytecodes only.
        if hasattr(sys, 'monitoring'):
            monitor(function, add)
        else:
            trace(function, add)
    finally:
        gc.enable()
    return counts


def trace(function, add):
    """Call `function`, and `add` for each call and bytecode."""
    def traced(frame, event, argument):
        if event == 'call' and hasattr(frame, 'f_trace_opcodes'):
            frame.f_trace_opcodes = True
        add(frame.f_code, event == 'call', event == 'opcode')
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        function()
    finally:
        sys.settrace(before)


def monitor(function, add):
    """The same by :mod:`sys.monitoring` (Python 3.12 and later)."""
    monitoring, tool = sys.monitoring, sys.monitoring.PROFILER_ID
    events = monitoring.events
    callbacks = {events.PY_START: lambda code, offset: add(code, 1, 0),
                 events.PY_RESUME: lambda code, offset: add(code, 1, 0),
                 events.INSTRUCTION: lambda code, offset: add(code, 0, 1)}
    monitoring.use_tool_id(tool, 'benchmarks')
    try:
        for event, callback in callbacks.items():
            monitoring.register_callback(tool, event, callback)
        monitoring.set_events(tool, sum(callbacks))
        function()
    finally:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)


def by_function(counts, floor_counts):
    """The part of `counts` that a target executes and FLOOR+APP does not."""
    here = os.path.abspath(__file__)
    return dict((key, value) for key, value in counts.items()
                if key not in floor_counts and os.path.abspath(key[0]) != here)


def over_floor(counts, floor_counts):
    """``(calls, bytecodes)`` of a target over FLOOR+APP."""
    own = by_function(counts, floor_counts).values()
    fake_socket = [value for (filename, _name), value in floor_counts.items()
                   if filename == floor.start_response.__code__.co_filename]
    return tuple(sum(value[i] for value in own) - sum(value[i] for value in fake_socket)
                 for i in (0, 1))
