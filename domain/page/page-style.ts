/** The one stylesheet of all public pages, put inline: one request shows the page, and its hash goes into the policy. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1b2430;--soft:#5a6675;--paper:#fff;--ground:#f2f4f7;--line:#8a95a3;--edge:#e1e6ec;--accent:#0b5cad;--on-accent:#fff;--bad:#b3261e;--bad-ground:#fdf1f0}
@media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#a5b0bd;--paper:#1b222b;--ground:#12171d;--line:#73808f;--edge:#2c3641;--accent:#6fb1f5;--on-accent:#0a1a2b;--bad:#ff9d94;--bad-ground:#3a1f1d}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:1.0625rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:34rem;margin:auto;padding:2.5rem 1.25rem}
.card{background:var(--paper);border:1px solid var(--edge);border-radius:14px;padding:clamp(1.5rem,5vw,2.75rem);box-shadow:0 1px 2px rgb(0 0 0/.05),0 12px 32px rgb(0 0 0/.07)}
.company{margin:0 0 .75rem;color:var(--soft);font-size:.9375rem}
h1{margin:0 0 .75rem;font-size:clamp(1.5rem,5vw,1.875rem);line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 1rem}
.card>:last-child,.card>form>:last-child{margin-bottom:0}
form+form{margin-top:1.5rem;padding-top:1.5rem;border-top:1px solid var(--edge)}
form+form h2:first-child{margin-top:0}
.note,.wording,footer{color:var(--soft);font-size:.9375rem}
.field{margin:0 0 1.125rem}
label{display:block;margin:0 0 .3rem;font-weight:600}
.check{display:flex;gap:.625rem;align-items:flex-start}
.check label{margin:0;font-weight:400}
fieldset{margin:0 0 1.25rem;padding:0;border:0}
legend{padding:0;margin:0 0 .5rem;font-weight:600}
input,select,textarea{width:100%;padding:.65rem .75rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit;font:inherit}
input[type=checkbox],input[type=radio]{width:1.25rem;height:1.25rem;margin:.15rem 0 0;flex:none;accent-color:var(--accent)}
textarea{min-height:7rem;resize:vertical}
[aria-invalid=true]{border-color:var(--bad);outline:1px solid var(--bad)}
.error{margin:.3rem 0 0;color:var(--bad);font-size:.9375rem}
.errors{margin:0 0 1.25rem;padding:.875rem 1rem;border-left:4px solid var(--bad);border-radius:6px;background:var(--bad-ground)}
.errors p{margin:0 0 .25rem;font-weight:600}
.errors ul{margin:0;padding-left:1.2rem}
.errors a{color:inherit}
button{width:100%;padding:.8rem 1.25rem;border:0;border-radius:8px;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer}
button.second{background:none;color:var(--accent);box-shadow:inset 0 0 0 1px var(--line)}
button:hover{filter:brightness(1.1)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h2{margin:1.75rem 0 .75rem;font-size:1.125rem;line-height:1.3}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1.25rem;margin:0 0 1.5rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.lead{font-size:1.1875rem;overflow-wrap:anywhere}
blockquote{margin:0 0 1.25rem;padding:.25rem 0 .25rem 1rem;border-left:3px solid var(--edge);color:var(--soft)}
.trap{position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden}
footer{padding:1.25rem;text-align:center}
footer a{color:inherit}
`
