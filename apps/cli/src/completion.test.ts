import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { completionScript } from './completion.ts'
import { createProgram } from './program.ts'

function complete(...words: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'lyceum-completion-'))
  try {
    writeFileSync(join(folder, 'lyceum.bash'), completionScript(createProgram(), 'bash'))
    const ask = `source lyceum.bash; COMP_WORDS=(lyceum "$@"); COMP_CWORD=$#; _lyceum; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', ask, 'bash', ...words], { cwd: folder, encoding: 'utf8' })
      .trim()
      .split('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('completes commands, subcommands, options and choices in bash', () => {
  expect(complete('mig')).toEqual(['migrate'])
  expect(complete('migrate', 's')).toEqual(['status'])
  expect(complete('course', 'import', '--sch')).toEqual(['--school'])
  expect(complete('completion', 'z')).toEqual(['zsh'])
})

it('gives every command an example and every option an explanation', () => {
  const all = (command: ReturnType<typeof createProgram>): ReturnType<typeof createProgram>[] => [
    command,
    ...command.commands.flatMap(all)
  ]
  for (const command of all(createProgram())) {
    let help = ''
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
    expect(help, command.name()).toContain('Examples:')
    expect(command.description(), command.name()).not.toBe('')
    for (const { long, description } of command.options) expect(description, `${command.name()} ${long}`).not.toBe('')
  }
})
