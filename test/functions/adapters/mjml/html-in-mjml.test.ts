import { expect, test } from 'vitest'
import { unbalancedTags } from '../../../../functions/adapters/mjml/mjml-tags.ts'

const email = (inside: string): string => `<mjml>\n<mj-body>${inside}</mj-body></mjml>`
const told = (inside: string): readonly string[] =>
  unbalancedTags(email(inside)).map(({ message }) => message)
const text = (inside: string): string => `<mj-text>${inside}</mj-text>`

test.each([
  ['line breaks and images', text('a<br>b<br/>c<BR />d<img src="x" alt=""><hr>')],
  ['a break closed as in XML', text('a<br></br>')],
  ['list items and paragraphs that end by themselves', text('<ul><li>a<li>b</ul><p>c<p>d')],
  ['rows and cells that do', '<mj-table><tr><td>a<td>b<tr><th>c<td>d</mj-table>'],
  ['capital letters', text('<B>a</b>')],
  ['a sign that is no tag', text('1 < 2, a <3, x<=y')],
  ['> and < in attributes', text('<a title="a > b < c" href=\'d\'>x</a>')],
  ['quotes in the text', text('<b>he said "yes</b> and it\'s fine')],
  [
    'Liquid in attributes',
    text('<a href="{{ links.a | append: "<b>" }}" {% if a %}class="b"{% else %}id="c"{% endif %}>x</a>'),
  ],
  ['one of two opening tags', text('{% if a %}<a href="1">{% else %}<a href="2">{% endif %}x</a>')],
  [
    'one of two elements, each closed where it was opened',
    text('{% if a %}<a>{% else %}<b>{% endif %}x{% if a %}</a>{% else %}</b>{% endif %}'),
  ],
  ['a wrapper that stands on a condition', text('{% if a %}<b>{% endif %}x{% if a %}</b>{% endif %}')],
  [
    'closed in each case',
    text('{% case a %}{% when 1 %}<b>x</b>{% when 2 %}<i>y</i>{% else %}z{% endcase %}'),
  ],
  [
    'a loop',
    '<mj-table>{% for row in rows %}<tr><td>{{ row.a }}</td></tr>{% else %}<tr><td>none</td></tr>{% endfor %}</mj-table>',
  ],
  ['a comment for Outlook', '<mj-raw><!--[if mso]><table><tr><td><![endif]--></mj-raw>'],
  ['elements of Outlook', '<mj-raw><v:rect fill="t"><v:fill src="x" /></v:rect><o:p/></mj-raw>'],
  [
    'what one mj-raw opens and another closes',
    '<mj-raw><div class="a"></mj-raw><mj-spacer /><mj-raw></div></mj-raw>',
  ],
  ['styles', '<mj-raw><style>a > b { content: "<i>" }</style></mj-raw>'],
  ['a soft hyphen element nobody knows', text('<x-y />')],
])('is fine: %s', (_name, inside) => {
  expect(told(inside)).toEqual([])
})

test.each([
  ['bold and a link', text('<b>fett <a href="…">y'), ['<b> is not closed', '<a> is not closed']],
  ['a link in a button', '<mj-button><a href="x">y</mj-button>', ['<a> is not closed']],
  [
    'a heading closed as another',
    text('<h1>a</h2>'),
    ['</h2> closes nothing; did you mean "h1"?', '<h1> is not closed'],
  ],
  ['what was never opened', text('a</span>'), ['</span> closes nothing']],
  ['crossed', text('<b><i>a</b></i>'), ['<i> is not closed', '</i> closes nothing']],
  ['a list', text('<ul><li>a</ul><ol>b'), ['<ol> is not closed']],
  ['a table in a cell', '<mj-table><tr><td><table><tr><td>a</mj-table>', ['<table> is not closed']],
  [
    'a short form that HTML does not know',
    text('<span class="a" />x'),
    ['<span /> is not closed: HTML needs </span>'],
  ],
  [
    'a tag without its end',
    text('<b fett</b>'),
    ['the tag <b has no end: > is missing', '</b> closes nothing'],
  ],
  [
    'a quote without its end',
    text('<a href="x>y</a>'),
    ['the tag <a has no end: " is missing', '</a> closes nothing'],
  ],
  [
    'in one branch alone, and never after',
    text('{% if a %}<b>{% else %}c{% endif %}x{% if a %}</i>{% endif %}'),
    ['</i> closes nothing'],
  ],
  ['in mj-raw, nowhere', '<mj-raw><div></mj-raw><mj-spacer />', ['<div> is not closed']],
])('is refused: %s', (_name, inside, expected) => {
  expect(told(inside)).toEqual(expected)
})

test('is told at its place', () => {
  const mjml = email(text('a\n <b>x'))
  expect(unbalancedTags(mjml)).toEqual([{ message: '<b> is not closed', offset: mjml.indexOf('<b>') }])
})
