/**
 * How a form looks in somebody else's page: spaced and aligned, in that page's font and colour. Nothing here weighs
 * anything (`:where`), so that any rule of the page has its way, and what sites want to be theirs is a variable.
 */
const rules: Readonly<Record<string, string>> = {
  '': 'max-width:var(--trichter-width,34rem);font:inherit;color:inherit;text-align:start',
  '*': 'box-sizing:border-box',
  '.trichter-title': 'margin:0 0 .5rem;font-size:1.375em;line-height:1.25',
  p: 'margin:0 0 1em',
  '.note,.wording': 'font-size:.875em;opacity:.8',
  '.field': 'margin:0 0 var(--trichter-gap,1.125rem)',
  'label,legend': 'display:block;margin:0 0 .3rem;padding:0;font-weight:500',
  fieldset: 'min-width:0;padding:0;border:0',
  a: 'color:inherit',
  'input,select,textarea':
    'width:100%;padding:.6rem .7rem;border:1px solid var(--trichter-line,#7d8794);border-radius:var(--trichter-radius,6px);background:var(--trichter-field,transparent);color:inherit;font:inherit',
  'input,select': 'height:2.9rem',
  textarea: 'min-height:6rem;resize:vertical',
  option: 'color:initial',
  '.check': 'display:flex;gap:.6rem;align-items:flex-start',
  '.check label': 'margin:0;font-weight:400',
  '.check input':
    'width:1.2em;height:1.2em;margin:.2em 0 0;flex:none;accent-color:var(--trichter-accent,#0b5cad)',
  '[aria-invalid=true]':
    'border-color:var(--trichter-bad,#b3261e);outline:1px solid var(--trichter-bad,#b3261e)',
  '.error': 'margin:.3rem 0 0;color:var(--trichter-bad,#b3261e)',
  '.trichter-message': 'margin:0 0 .75rem;color:var(--trichter-bad,#b3261e)',
  button:
    'padding:.7rem 1.4rem;border:0;border-radius:var(--trichter-radius,6px);background:var(--trichter-accent,#0b5cad);color:var(--trichter-on-accent,#fff);font:inherit;font-weight:600;cursor:pointer',
  'button:disabled': 'opacity:.6;cursor:default',
  ':focus-visible': 'outline:3px solid var(--trichter-accent,#0b5cad);outline-offset:2px',
}

const selector = (within: string): string =>
  within === ''
    ? ':where(.trichter-form)'
    : `:where(${within
        .split(',')
        .map((one) => `.trichter-form ${one}`)
        .join()})`

export const embedStyle = Object.entries(rules)
  .map(([within, declarations]) => `${selector(within)}{${declarations}}`)
  .join('')
