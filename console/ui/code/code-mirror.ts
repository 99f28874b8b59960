import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml, yamlFrontmatter } from '@codemirror/lang-yaml'
import {
  bracketMatching,
  HighlightStyle,
  LanguageSupport,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language'
import { xml } from '@codemirror/legacy-modes/mode/xml'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { Chunk, MergeView } from '@codemirror/merge'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorSelection, EditorState, type Extension, type Text } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { completeLiquid, completeYaml, type Knowledge } from './complete-yaml.ts'

/** A fault of a file, as the API tells it; lines and columns begin with 1. */
export interface CodeFault {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** The page's own colours reach into the shadow root, light and dark alike. */
const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--paper)', fontSize: '0.8125rem' },
  // The place that it stands in shows the focus.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
    lineHeight: '1.6',
  },
  '.cm-content': { paddingBlock: '0.5rem', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--paper)', color: 'var(--soft)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in oklab, var(--sunk) 60%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 24%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in oklab, var(--accent) 14%, transparent)' },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in oklab, var(--accent) 30%, transparent)' },
  '.cm-tooltip': {
    border: '1px solid var(--edge)',
    borderRadius: '8px',
    backgroundColor: 'var(--paper)',
    color: 'var(--ink)',
    boxShadow: '0 8px 24px var(--shade)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'inherit', maxHeight: '16rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.2rem 0.6rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-tooltip.cm-completionInfo': { padding: '0.5rem 0.75rem', maxWidth: '20rem', font: 'inherit' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-diagnostic': { padding: '0.4rem 0.75rem', font: '0.8125rem system-ui, sans-serif' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--alarm)' },
  '.cm-panels': { backgroundColor: 'var(--sunk)', color: 'var(--ink)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-textfield': { border: '1px solid var(--edge)', borderRadius: '5px', backgroundColor: 'var(--paper)' },
  '.cm-button': {
    border: '1px solid var(--edge)',
    borderRadius: '5px',
    backgroundColor: 'var(--paper)',
    backgroundImage: 'none',
    color: 'var(--ink)',
  },
  '.cm-merge-revert': { width: '1.75rem' },
  '.cm-merge-revert button': { color: 'var(--accent)', fontSize: '1rem' },
  '.cm-changedText, .cm-changedText *': { color: 'var(--ink)' },
  '&.cm-merge-a .cm-changedLine, &.cm-merge-a .cm-deletedChunk': {
    backgroundColor: 'color-mix(in oklab, var(--alarm) 9%, transparent)',
  },
  '&.cm-merge-b .cm-changedLine': { backgroundColor: 'color-mix(in oklab, var(--accent) 12%, transparent)' },
  '&.cm-merge-a .cm-changedText': {
    background: 'none',
    backgroundColor: 'color-mix(in oklab, var(--alarm) 22%, transparent)',
  },
  '&.cm-merge-b .cm-changedText': {
    background: 'none',
    backgroundColor: 'color-mix(in oklab, var(--accent) 28%, transparent)',
  },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.tagName], color: 'var(--accent)' },
  { tag: [tags.comment, tags.meta, tags.attributeName], color: 'var(--soft)' },
  { tag: [tags.number, tags.bool, tags.keyword], fontWeight: '600' },
])

const languageOf = (path: string): Extension => {
  if (path.endsWith('.mjml'))
    return yamlFrontmatter({ content: new LanguageSupport(StreamLanguage.define(xml)) })
  return /\.ya?ml$/.test(path) ? yaml() : []
}

const frontMatterEnd = (text: string): number => {
  const end = /^---\r?\n[\s\S]*?\n---/.exec(text)
  return end ? end[0].length : 0
}

const completionOf =
  (path: string, known: () => Knowledge) =>
  ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const text = state.doc.toString()
    const before = text.slice(0, pos)
    const isEmail = path.endsWith('.mjml')
    const inFront = isEmail && pos <= frontMatterEnd(text)
    if (!isEmail && !/\.ya?ml$/.test(path)) return null
    const found = (isEmail && completeLiquid(before, known())) || undefined
    const start = inFront ? before.indexOf('\n') + 1 : 0
    const inYaml = isEmail && !inFront ? undefined : completeYaml(before.slice(start), known())
    const completion = found ?? (inYaml && { ...inYaml, from: inYaml.from + start })
    if (!completion || (!explicit && completion.from === pos && !/[\s"'[{(.]$/.test(before))) return null
    return {
      from: completion.from,
      validFor: /^[\w.-]*$/,
      options: completion.options.map(
        ({ label, insert, info, kind }): Completion => ({
          ...{ label, type: kind },
          ...(insert !== undefined && { apply: insert }),
          ...(info !== undefined && { info }),
        }),
      ),
    }
  }

const offsetOf = (doc: Text, { line, column }: Pick<CodeFault, 'line' | 'column'>): number => {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines))
  return Math.min(found.from + Math.max(0, column - 1), found.to)
}

/** From where a fault is to the end of the word there. */
const diagnosticOf = (doc: Text, fault: CodeFault): Diagnostic => {
  const from = offsetOf(doc, fault)
  const word = /^[^\s,}\]]+/.exec(doc.sliceString(from, doc.lineAt(from).to))?.[0] ?? ''
  return { from, to: from + word.length, severity: fault.severity, message: fault.message }
}

interface CodeOptions {
  readonly root: ShadowRoot
  readonly path: string
  readonly text: string
  /** Its name for readers of the screen. */
  readonly label: string
  readonly isReadOnly: boolean
  readonly known: () => Knowledge
  readonly onChange: (text: string) => void
  readonly onSave: () => void
  /** In the language of the page. */
  readonly phrases: Readonly<Record<string, string>>
}

const basics = ({ label, path, isReadOnly, phrases }: CodeOptions): Extension => [
  lineNumbers(),
  highlightSpecialChars(),
  drawSelection(),
  highlightActiveLine(),
  bracketMatching(),
  EditorView.lineWrapping,
  syntaxHighlighting(colours),
  languageOf(path),
  look,
  // What scrolls is reached by the keyboard.
  EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  EditorState.phrases.of(phrases),
  EditorState.readOnly.of(isReadOnly),
  EditorState.tabSize.of(2),
]

/** Behind an entry of a list its own keys go on; a dash begins the next entry, below the dash before. */
const nextEntry = EditorView.inputHandler.of((view, from, to, text) => {
  const line = view.state.doc.lineAt(from)
  const space = line.text.slice(0, from - line.from)
  if (text !== '-' || from !== to || space.trim() !== '' || line.number === 1) return false
  const dash = /^( *)- /.exec(view.state.doc.line(line.number - 1).text)?.[1]
  if (dash === undefined || space.length !== dash.length + 2) return false
  view.dispatch({
    changes: { from: line.from, to: from, insert: `${dash}-` },
    selection: { anchor: line.from + dash.length + 1 },
    userEvent: 'input.type',
  })
  return true
})

const writing = ({ path, known, onChange, onSave }: CodeOptions): Extension => [
  history(),
  nextEntry,
  autocompletion({ override: [completionOf(path, known)], icons: false }),
  highlightSelectionMatches(),
  search({ top: true }),
  lintGutter(),
  keymap.of([
    {
      key: 'Mod-s',
      run: () => {
        onSave()
        return true
      },
    },
    ...completionKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...defaultKeymap,
    indentWithTab,
  ]),
  EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged) onChange(state.doc.toString())
  }),
]

/** An editor of one file, in a shadow root: its styles are constructed there, so that a strict policy holds. */
export const openEditor = (options: CodeOptions) => {
  const stateOf = (text: string): EditorState =>
    EditorState.create({ doc: text, extensions: [basics(options), writing(options)] })
  const view = new EditorView({ state: stateOf(options.text), parent: options.root, root: options.root })
  return {
    /** Another text than was typed: what somebody else wrote. */
    setText: (text: string): void => {
      if (text !== view.state.doc.toString()) view.setState(stateOf(text))
    },
    setFaults: (faults: readonly CodeFault[]): void => {
      const { doc } = view.state
      view.dispatch(
        setDiagnostics(
          view.state,
          faults.map((fault) => diagnosticOf(doc, fault)),
        ),
      )
    },
    goTo: (place: Pick<CodeFault, 'line' | 'column'>): void => {
      const at = offsetOf(view.state.doc, place)
      view.dispatch({
        selection: EditorSelection.cursor(at),
        effects: EditorView.scrollIntoView(at, { y: 'center' }),
      })
      view.focus()
    },
    close: (): void => view.destroy(),
  }
}

export type OpenEditor = ReturnType<typeof openEditor>

/** Theirs on the left, mine on the right; single places of theirs can be taken over. */
export const openMerge = (
  options: Omit<CodeOptions, 'onSave' | 'known' | 'isReadOnly'> & {
    readonly theirs: string
    readonly theirLabel: string
  },
): { close(): void } => {
  const mine: CodeOptions = {
    ...options,
    isReadOnly: false,
    onSave: () => undefined,
    known: () => ({ schema: undefined, names: undefined, stages: [] }),
  }
  const view = new MergeView({
    a: {
      doc: options.theirs,
      extensions: [basics({ ...mine, label: options.theirLabel, isReadOnly: true })],
    },
    b: { doc: options.text, extensions: [basics(mine), writing(mine)] },
    revertControls: 'a-to-b',
    parent: options.root,
    root: options.root,
  })
  return { close: () => view.destroy() }
}

/** Lines of a text beside another: what stands in both, what went, what came. */
export interface LineDiff {
  readonly kind: 'same' | 'gone' | 'come'
  readonly text: string
  /** Its number in the text that it stands in. */
  readonly line: number
}

/** Of each place that differs its lines, with a few around it; undefined: lines are left out there. */
export const diffLines = (before: string, after: string, around = 2): readonly (LineDiff | undefined)[] => {
  const [old, now] = [before, after].map((doc) => EditorState.create({ doc }).doc)
  if (!old || !now) return []
  const lines = (doc: Text, from: number, to: number, kind: LineDiff['kind']): readonly LineDiff[] => {
    const found: LineDiff[] = []
    for (let line = from; line <= to; line++) found.push({ kind, text: doc.line(line).text, line })
    return found
  }
  /** Numbers of the first line of a chunk and of the first one behind it. */
  const spanOf = (doc: Text, from: number, to: number): readonly [number, number] => {
    const first = from >= doc.length + 1 ? doc.lines + 1 : doc.lineAt(Math.min(from, doc.length)).number
    return [first, to > doc.length ? doc.lines + 1 : Math.max(first, doc.lineAt(to).number)]
  }
  const shown: (LineDiff | undefined)[] = []
  let next = 1
  for (const { fromA, toA, fromB, toB } of Chunk.build(old, now)) {
    const [oldFrom, oldEnd] = spanOf(old, fromA, toA)
    const [from, end] = spanOf(now, fromB, toB)
    const begin = Math.max(next, from - around)
    if (begin > next) shown.push(undefined)
    shown.push(
      ...lines(now, begin, from - 1, 'same'),
      // An empty text has no line that went or came.
      ...(before === '' ? [] : lines(old, oldFrom, oldEnd - 1, 'gone')),
      ...(after === '' ? [] : lines(now, from, end - 1, 'come')),
    )
    const last = Math.min(now.lines, end - 1 + around)
    shown.push(...lines(now, end, last, 'same'))
    next = last + 1
  }
  return next <= now.lines && shown.length > 0 ? [...shown, undefined] : shown
}
