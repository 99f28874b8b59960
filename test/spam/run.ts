import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { composeShipped } from '../support/compose-shipped.ts'
import { mimeMessage } from './mime-message.ts'

/** SpamAssassin calls 5.0 spam; what we ship stays well below. */
const limit = 2

/** `npm run spam-check [-- DIR]`: every email of a playbook in SpamAssassin's local tests; nothing leaves the machine. */
const dir = process.argv[2] ?? 'templates'
const { playbook, faults } = await loadPlaybook(dir)
if (!playbook) {
  console.error(`the playbook in ${dir} has ${faults.length} faults: npm run playbook -- check ${dir}`)
  process.exit(1)
}
if (spawnSync('spamassassin', ['--version']).error) {
  console.error('SpamAssassin is not installed, nothing was checked: apt-get install spamassassin')
  process.exit(2)
}

const folder = await mkdtemp(join(tmpdir(), 'trichter-spam-'))
const date = new Date().toUTCString().replace('GMT', '+0000')
const files: string[] = []
for (const { name, email } of composeShipped(playbook)) {
  const file = join(folder, name)
  await writeFile(file, mimeMessage(email, name, date))
  files.push(file)
}
const { stdout, stderr, status } = spawnSync('spamassassin', ['--local', '--test-mode', ...files], {
  encoding: 'utf8',
  maxBuffer: 200_000_000,
})
await rm(folder, { recursive: true, force: true })
if (status !== 0) {
  console.error(`spamassassin ended with ${status}:\n${stderr}`)
  process.exit(2)
}

const unfolded = stdout.replaceAll(/\r?\n[ \t]+/g, ' ')
const names = [...unfolded.matchAll(/^X-Trichter-Name: (\S+)/gm)].map(([, name]) => name)
const found = [...unfolded.matchAll(/^X-Spam-Status: \w+, score=(-?[\d.]+) .*?tests=(\S.*?) autolearn/gm)]
if (names.length !== files.length || found.length !== files.length) {
  console.error(`SpamAssassin answered for ${found.length} of ${files.length} emails`)
  process.exit(2)
}
let tooHigh = 0
found.forEach(([, score = '', tests = ''], index) => {
  const isHigh = Number(score) >= limit
  if (isHigh) tooHigh += 1
  console.log(
    `${isHigh ? '✗' : '✓'} ${score.padStart(5)}  ${names[index]?.padEnd(24)} ${tests.replaceAll(' ', '')}`,
  )
})
console.log(
  tooHigh === 0
    ? `\nall ${files.length} below ${limit.toFixed(1)}`
    : `\n${tooHigh} of ${files.length} at ${limit.toFixed(1)} or more`,
)
process.exit(tooHigh === 0 ? 0 : 1)
