import { faultLines } from '../playbook/load-playbook.ts'
import { prepareCode } from './prepare-code.ts'

// A construct is made at once and compiling takes its time: it starts this program and reads what it prints.
const [folder = '', emailDomain] = process.argv.slice(2)
const { code, faults } = await prepareCode(folder, emailDomain)
if (code) process.stdout.write(JSON.stringify(code))
else {
  process.stderr.write(faultLines(faults).join('\n'))
  process.exitCode = 65
}
