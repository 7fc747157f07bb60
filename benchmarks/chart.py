"""The chart: time over FLOOR, a group of bars for each client, as SVG."""

import math
from xml.sax.saxutils import escape

WIDTH, LABELS, VALUES = 760, 200, 60
BAR, GAP, TOP = 14, 20, 56
COLOURS = {'this checkout': '#1f6f54', 'goal': '#8fc1ad'}
OTHER = '#9aa3ab'

SVG = '''<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %(width)d %(height)d"
     font-family="sans-serif" font-size="11" role="img">
<title>%(title)s</title>
<rect width="100%%" height="100%%" fill="#ffffff"/>
<text x="12" y="22" font-size="15" font-weight="bold">%(title)s</text>
<text x="12" y="40" fill="#555555">%(subtitle)s</text>
%(bars)s
</svg>
'''
NAME = '<text x="12" y="%d" font-size="12" font-weight="bold">%s</text>'
ROW = '''<text x="%(labels)d" y="%(text)d" text-anchor="end">%(label)s</text>
<rect x="%(x)d" y="%(y)d" width="%(length).1f" height="%(bar)d" fill="%(colour)s"/>
<text x="%(end).1f" y="%(text)d">%(value).2f</text>'''


def draw(table):
    """The SVG of a table of ratios.

    The lengths are logarithms: a bar of no length is as fast as FLOOR.
    """
    largest = max(value for _label, values in table.rows for value in values
                  if value is not None)
    scale = (WIDTH - LABELS - VALUES) / math.log(max(largest, 1.01))
    y = TOP
    bars = []
    for column, client in enumerate(table.columns):
        y += GAP
        bars.append(NAME % (y, escape(client)))
        y += 6
        for label, values in table.rows:
            if values[column] is not None and label != 'FLOOR':
                bars.append(row(label, values[column], y, scale))
                y += BAR + 2
    return SVG % {'width': WIDTH, 'height': y + GAP, 'title': escape(table.title),
                  'subtitle': 'logarithmic scale; FLOOR is the client with a socket '
                              'that does nothing', 'bars': '\n'.join(bars)}


def row(label, value, y, scale):
    length = max(math.log(value) * scale, 1.0)
    return ROW % {'labels': LABELS - 6, 'x': LABELS, 'y': y, 'text': y + BAR - 3,
                  'label': escape(label), 'length': length, 'bar': BAR,
                  'colour': COLOURS.get(label, OTHER), 'end': LABELS + length + 5,
                  'value': value}
