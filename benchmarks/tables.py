"""Tables, printed as reStructuredText."""

import collections

#: ``rows`` are ``(label, values)``, one value for each of `columns`; `form` is a
#: format string for a value, and ``None`` is printed as nothing measured.
Table = collections.namedtuple('Table', 'title columns rows form note')


def table(title, columns, rows, form='%.2f', note=''):
    rows = [(label, list(values)) for label, values in rows]
    return Table(title, list(columns), rows, form, note)


def cell(value, form):
    if value is None:
        return '–'
    return form % (tuple(value) if isinstance(value, (list, tuple)) else value)


def lines_of(table):
    """The lines of a table."""
    grid = [[''] + table.columns] + [[label] + [cell(value, table.form)
                                                for value in values]
                                     for label, values in table.rows]
    grid = [[text or '\\' for text in row] for row in grid]
    widths = [max(map(len, column)) for column in zip(*grid)]
    rule = '  '.join('=' * width for width in widths)
    rows = ['  '.join([row[0].ljust(widths[0])]
                      + [text.rjust(width) for text, width in zip(row[1:], widths[1:])])
            for row in grid]
    yield table.title
    yield '-' * len(table.title)
    yield ''
    yield rule
    yield rows[0]
    yield rule
    for row in rows[1:]:
        yield row
    yield rule
    if table.note:
        yield ''
        yield table.note
    yield ''
