import type { Brand } from '../playbook/settings.ts'
import { readableOn, textOn } from './brand-colours.ts'

const paper = { light: '#ffffff', dark: '#1b222b' }
const ground = { light: '#f2f4f7', dark: '#12171d' }
const soft = { light: '#566270', dark: '#a5b0bd' }
const accent = { light: '#0b5cad', dark: '#6fb1f5' }

const families: Readonly<Record<string, string>> = {
  sans: 'system-ui,-apple-system,"Segoe UI",Roboto,sans-serif',
  serif: 'Georgia,"Iowan Old Style","Times New Roman",serif',
  rounded: 'ui-rounded,"SF Pro Rounded","Hiragino Maru Gothic ProN",Quicksand,system-ui,sans-serif',
  mono: 'ui-monospace,"SF Mono",Menlo,Consolas,monospace',
}

/** Families as CSS writes them: one of ours by its name, else as given. */
export const fontFamily = (font = 'sans'): string =>
  Object.hasOwn(families, font) ? (families[font] ?? font) : `${font},sans-serif`

/** In the dark the ground is ours, and the accent as light as it has to be to be read. */
const colours = (brand: Brand, scheme: 'light' | 'dark'): string => {
  const under = scheme === 'light' ? (brand.background ?? ground.light) : ground.dark
  const chosen = brand.accent ?? accent[scheme]
  const button = scheme === 'dark' ? readableOn(chosen, paper.dark) : chosen
  return [
    `--accent:${button}`,
    `--on-accent:${textOn(button)}`,
    `--link:${readableOn(chosen, paper[scheme])}`,
    `--ground:${under}`,
    `--on-ground:${readableOn(soft[scheme], under)}`,
  ].join(';')
}

/** The one stylesheet of all public pages, put inline: one request shows the page, and its hash goes into the policy. */
export const pageStyle = (brand: Brand = {}): string => `
:root{color-scheme:light dark;--ink:#1b2430;--soft:${soft.light};--paper:${paper.light};--line:#8a95a3;--edge:#e1e6ec;--bad:#b3261e;--bad-ground:#fdf1f0;${colours(brand, 'light')}}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:${soft.dark};--paper:${paper.dark};--line:#73808f;--edge:#2c3641;--bad:#ff9d94;--bad-ground:#3a1f1d;${colours(brand, 'dark')}}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 ${fontFamily(brand.font)}}
main{width:100%;max-width:34rem;margin:auto;padding:2.5rem 1.25rem}
main.wide{max-width:54rem}
.card{background:var(--paper);border:1px solid var(--edge);border-radius:14px;padding:clamp(1.5rem,5vw,2.75rem);box-shadow:0 1px 2px rgb(0 0 0/.05),0 12px 32px rgb(0 0 0/.07)}
.top{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;gap:.5rem 1rem;margin:0 0 1.25rem}
.company{margin:0;color:var(--soft);font-size:.9375rem}
.logo{display:block;height:2.5rem;width:auto;max-width:14rem;object-fit:contain;object-position:left}
.languages{display:flex;gap:.75rem;font-size:.9375rem}
a{color:var(--link)}
h1{margin:0 0 .75rem;font-size:clamp(1.5rem,5vw,1.875rem);line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 1rem}
.card>:last-child,.card>form>:last-child{margin-bottom:0}
form+form,form+section,section+form{margin-top:1.75rem;padding-top:1.75rem;border-top:1px solid var(--edge)}
form+form h2:first-child,form+section h2:first-child{margin-top:0}
.note,.wording,footer{color:var(--soft);font-size:.9375rem}
.field{margin:0 0 1.25rem}
.field>.note{margin:.3rem 0 0}
label,legend{display:block;margin:0 0 .35rem;font-size:1rem;font-weight:500}
.words{white-space:pre-line;overflow-wrap:anywhere}
.check{display:flex;gap:.625rem;align-items:flex-start;padding:.2rem 0}
.check label{margin:0;font-weight:400}
.under{padding-left:1.875rem}
.under .note{margin:.1rem 0 .25rem}
fieldset{min-width:0;margin:0 0 1.25rem;padding:0;border:0}
legend{padding:0}
input,select,textarea{width:100%;padding:.5rem .75rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit;font:inherit}
input,select{height:3rem}
input::placeholder,textarea::placeholder{color:var(--soft);opacity:1}
select{appearance:none;padding-right:2.25rem;background-image:linear-gradient(45deg,transparent 50%,currentColor 50%),linear-gradient(135deg,currentColor 50%,transparent 50%);background-position:calc(100% - 1.15rem) 1.3rem,calc(100% - .8rem) 1.3rem;background-size:.36rem .36rem;background-repeat:no-repeat}
input[type=checkbox],input[type=radio]{width:1.25rem;height:1.25rem;margin:.15rem 0 0;padding:0;flex:none;accent-color:var(--accent)}
textarea{min-height:7rem;resize:vertical}
[aria-invalid=true]{border-color:var(--bad);outline:1px solid var(--bad)}
.error{margin:.3rem 0 0;color:var(--bad);font-size:.9375rem}
.errors{margin:0 0 1.25rem;padding:.875rem 1rem;border-left:4px solid var(--bad);border-radius:6px;background:var(--bad-ground)}
.errors p{margin:0 0 .25rem;font-weight:600}
.errors p:last-child{margin:0}
.errors ul{margin:0;padding-left:1.2rem}
.errors a{color:inherit}
button,.button{display:block;width:100%;padding:.8rem 1.25rem;border:0;border-radius:8px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button.second{background:none;color:var(--link);box-shadow:inset 0 0 0 1px var(--line)}
button:hover,.button:hover{filter:brightness(1.1)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h2{margin:1.75rem 0 .75rem;font-size:1.125rem;line-height:1.3}
section>h2:first-child{margin-top:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1.25rem;margin:0 0 1.5rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.lead{font-size:1.1875rem;overflow-wrap:anywhere}
blockquote{margin:0 0 1.25rem;padding:.25rem 0 .25rem 1rem;border-left:3px solid var(--edge);color:var(--soft)}
details{margin:.25rem 0;color:var(--soft);font-size:.9375rem}
summary{width:fit-content;cursor:pointer;text-decoration:underline}
details blockquote{margin:.5rem 0}
.trap{position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden}
footer{padding:1.25rem;text-align:center;color:var(--on-ground)}
footer a{color:inherit}
@media (min-width:48rem){.wide .fields{display:grid;grid-template-columns:1fr 1fr;column-gap:1.5rem;align-items:start}.wide .whole{grid-column:1/-1}.wide button{width:auto;min-width:16rem}}
`
