import { Argument, Command } from 'commander'
import { completionScript, type Shell, shells } from '../completion.ts'

export function completionCommand(): Command {
  return new Command('completion')
    .description('completion for your shell, made from these very commands')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  $ lyceum completion bash > /etc/bash_completion.d/lyceum
  $ lyceum completion zsh > ~/.zfunc/_lyceum
  $ lyceum completion fish > ~/.config/fish/completions/lyceum.fish`
    )
    .action(
      (shell: Shell, _options: object, self: Command) =>
        void process.stdout.write(completionScript(self.parent ?? self, shell))
    )
}
