export interface Statement {
  readonly text: string
  /** Of its first word, counted from 1 in the text that was read. */
  readonly line: number
}

// What a semicolon may hide in: comments, quoted text and names, dollar-quoted bodies.
const PIECES = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|;|[^\s;]|\s+/g

/** Cuts SQL at the semicolons that end a statement; comments before and within a statement are left out of its text. */
export function readStatements(sql: string): Statement[] {
  const statements: Statement[] = []
  let text = ''
  let line = 1
  let begunAt = 1
  const end = () => {
    if (text.trim() !== '') statements.push({ text: text.trim(), line: begunAt })
    text = ''
  }
  for (const [piece] of sql.matchAll(PIECES)) {
    if (piece === ';') end()
    else if (piece.startsWith('--') || piece.startsWith('/*')) text += ' '
    else {
      if (text.trim() === '' && piece.trim() !== '') begunAt = line
      text += piece
    }
    line += piece.split('\n').length - 1
  }
  end()
  return statements
}
