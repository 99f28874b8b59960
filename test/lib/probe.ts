import { bundleFunctions } from '../../lib/bundle/bundle-functions.ts'
const t=performance.now()
const e = Object.fromEntries(process.argv.slice(2).map(x=>x.split('=')))
const r = await bundleFunctions({root:'/work/main',entries:e,playbook:'{}',outDir:'/tmp/bout'})
console.log(Math.round(performance.now()-t))
import { readFileSync } from 'node:fs'
for (const [n,b] of Object.entries(r)) { const m=JSON.parse(readFileSync(b.metafile,'utf8')); const o=Object.entries(m.outputs).find(([k])=>k.endsWith('.mjs'))![1] as any
 const g:Record<string,number>={}; for(const [p,i] of Object.entries(o.inputs as any)){ const k=p.includes('node_modules/')?p.split('node_modules/').pop()!.split('/').slice(0,p.includes('node_modules/@')?2:1).join('/'):'own'; g[k]=(g[k]??0)+(i as any).bytesInOutput }
 console.log(n,o.bytes,JSON.stringify(Object.entries(g).sort((a,b)=>b[1]-a[1]).slice(0,25)))
 const text=readFileSync(b.folder+'/index.mjs','utf8'); console.log('  require shim used:', /Dynamic require of/.test(text), (text.match(/require\("[a-z:_]+"\)/g)??[]).slice(0,5), o.imports.map((i:any)=>i.path).join(' '))
}
