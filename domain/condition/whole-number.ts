import type { ASTNode } from '@marcbachmann/cel-js'

const wholeFunctions = ['count', 'size', 'int', 'indexOf', 'lastIndexOf']

/** Whether a part is a CEL int: attributes and properties are JSON numbers, and those are doubles. */
export const isWhole = (node: ASTNode): boolean => {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint'
    case '-_':
      return isWhole(node.args)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return isWhole(node.args[0]) && isWhole(node.args[1])
    case 'call':
    case 'rcall':
      return wholeFunctions.includes(node.args[0]) || /^get[A-Z]/.test(node.args[0])
    default:
      return false
  }
}
